package io.sluice.cli.console;

import java.time.Duration;

/**
 * How far something is.
 *
 * @param allItems as many as there are, as far as that is known
 * @param allBytes as many as these have; 0 when that is not known
 * @param isCounted whether that is all
 */
public record Progress(long items, long bytes, long allItems, long allBytes, boolean isCounted, Duration time) {

    private static final int BAR = 20;

    /** For one line of a terminal, at most so wide. */
    String line(int columns) {
        String text = text();
        String bar = bar() + " ";
        String line = isCounted && bar.length() + text.length() < columns ? bar + text : text;
        return line.length() < columns ? line : line.substring(0, columns - 1);
    }

    /** {@code 840 of 1,680 items, 1.2 GB of 2.4 GB, 35.1 MB/s, 33 s left}. */
    String text() {
        StringBuilder text = new StringBuilder(Amounts.count(items));
        if (isCounted) {
            text.append(" of ").append(Amounts.items(allItems));
        } else {
            text.append(items == 1 ? " item" : " items");
        }
        text.append(", ").append(Amounts.bytes(bytes));
        if (isCounted && allBytes > 0) {
            text.append(" of ").append(Amounts.bytes(allBytes));
        }
        double seconds = time.toMillis() / 1000.0;
        if (seconds >= 1) {
            text.append(", ").append(Amounts.bytes(bytes / seconds)).append("/s");
            long itemsPerSecond = Math.round(items / seconds);
            if (itemsPerSecond > 0) {
                text.append(", ").append(Amounts.count(itemsPerSecond)).append(" items/s");
            }
            double left = 1 - share();
            if (isCounted && share() > 0 && left > 0) {
                text.append(", ")
                        .append(Amounts.time(Duration.ofMillis(Math.round(seconds * 1000 * left / share()))))
                        .append(" left");
            }
        }
        return text.toString();
    }

    private String bar() {
        int done = (int) (share() * BAR);
        return "[" + "=".repeat(done) + (done < BAR ? ">" : "") + " ".repeat(Math.max(0, BAR - done - 1)) + "] "
                + (int) (share() * 100) + " %";
    }

    /** Of the time that it takes: small files cost by their number, large ones by their bytes. */
    private double share() {
        double ofItems = allItems == 0 ? 0 : (double) items / allItems;
        double ofBytes = allBytes == 0 ? ofItems : (double) bytes / allBytes;
        return Math.min(1, (ofItems + ofBytes) / 2);
    }
}
