package io.sluice.modelservice.prediction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Pixels of a map that touch each other, at their corners at least.
 *
 * @param pixels their places, row by row
 * @param width of the map
 */
@SuppressWarnings("ArrayRecordComponent")
record Region(int[] pixels, int width) {

    /** All regions of what is true, from the upper left on. */
    static List<Region> of(boolean[] map, int width) {
        boolean[] isLeft = map.clone();
        int[] stack = new int[map.length];
        List<Region> regions = new ArrayList<>();
        for (int start = 0; start < map.length; start++) {
            if (!isLeft[start]) {
                continue;
            }
            int found = 0;
            stack[found++] = start;
            isLeft[start] = false;
            for (int next = 0; next < found; next++) {
                int x = stack[next] % width;
                for (int dy = -width; dy <= width; dy += width) {
                    int row = stack[next] - x + dy;
                    for (int column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
                        int neighbour = row + column;
                        if (row >= 0 && row < map.length && isLeft[neighbour]) {
                            isLeft[neighbour] = false;
                            stack[found++] = neighbour;
                        }
                    }
                }
            }
            regions.add(new Region(Arrays.copyOf(stack, found), width));
        }
        return regions;
    }

    /** The middles of its pixels of which each other lies between two. */
    List<Result.Point> hull() {
        int least = Integer.MAX_VALUE;
        int most = 0;
        for (int pixel : pixels) {
            least = Math.min(least, pixel / width);
            most = Math.max(most, pixel / width);
        }
        // Of a row only its ends can be corners.
        int[] first = new int[most - least + 1];
        int[] last = new int[most - least + 1];
        Arrays.fill(first, Integer.MAX_VALUE);
        for (int pixel : pixels) {
            int row = pixel / width - least;
            first[row] = Math.min(first[row], pixel % width);
            last[row] = Math.max(last[row], pixel % width);
        }
        List<Result.Point> ends = new ArrayList<>();
        for (int row = 0; row < first.length; row++) {
            if (first[row] != Integer.MAX_VALUE) {
                ends.add(new Result.Point(first[row], row + least));
                ends.add(new Result.Point(last[row], row + least));
            }
        }
        return Rectangle.hull(ends);
    }

    /** The line around it, along the sides of its pixels and without holes; only corners. */
    List<Result.Point> outline() {
        BitSet inside = new BitSet();
        int start = Integer.MAX_VALUE;
        for (int pixel : pixels) {
            inside.set(pixel);
            start = Math.min(start, pixel);
        }
        // With the region on the right hand, from the upper left corner of its first pixel to the right.
        int startX = start % width;
        int startY = start / width;
        int x = startX;
        int y = startY;
        int dx = 1;
        int dy = 0;
        List<Result.Point> corners = new ArrayList<>();
        corners.add(new Result.Point(x, y));
        do {
            boolean isLeftAhead = isInside(inside, ahead(x, dx, dy), ahead(y, dy, -dx));
            boolean isRightAhead = isInside(inside, ahead(x, dx, -dy), ahead(y, dy, dx));
            if (isLeftAhead) {
                corners.add(new Result.Point(x, y));
                int old = dx;
                dx = dy;
                dy = -old;
            } else if (!isRightAhead) {
                corners.add(new Result.Point(x, y));
                int old = dx;
                dx = -dy;
                dy = old;
                continue;
            }
            x += dx;
            y += dy;
        } while (x != startX || y != startY || dx != 0 || dy != -1);
        return corners;
    }

    /** The pixel in front of a corner, on one side of the way ahead. */
    private static int ahead(int corner, int forward, int sideward) {
        return forward + sideward > 0 ? corner : corner - 1;
    }

    private boolean isInside(BitSet inside, int x, int y) {
        return x >= 0 && y >= 0 && x < width && inside.get(y * width + x);
    }
}
