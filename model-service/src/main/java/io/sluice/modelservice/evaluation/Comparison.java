package io.sluice.modelservice.evaluation;

import io.sluice.modelservice.prediction.Result;
import io.sluice.modelservice.prediction.Result.Labeled;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a model says of some items, compared with what people have said of them. */
final class Comparison {

    /** What stands for nothing: where nothing is, and what is not found. No label is empty. */
    static final String BACKGROUND = "";

    private final Map<String, LabelCounts> labels = new TreeMap<>();
    private long items;
    private long unlabeled;

    /**
     * What somebody said.
     *
     * @param area null for the whole
     */
    record Truth(String label, @Nullable Area area) {}

    Map<String, LabelCounts> labels() {
        return labels;
    }

    /** Items that were compared. */
    long items() {
        return items;
    }

    /** Items of which people have said nothing that could be compared with. */
    long unlabeled() {
        return unlabeled;
    }

    private LabelCounts of(String label) {
        return labels.computeIfAbsent(label, added -> new LabelCounts());
    }

    /**
     * Classes: the surest counts. Of several that people have said, the one that the model says counts, else the first; with
     * none there is nothing to compare with.
     */
    void addClassified(List<Result> found, List<Truth> truths) {
        if (truths.isEmpty()) {
            unlabeled++;
            return;
        }
        items++;
        Labeled surest = found.stream()
                .filter(Labeled.class::isInstance)
                .map(Labeled.class::cast)
                .max(Comparator.comparingDouble(Labeled::score))
                .orElse(null);
        boolean isRight = surest != null
                && truths.stream().anyMatch(truth -> truth.label().equals(surest.label()));
        String actual =
                surest != null && isRight ? surest.label() : truths.get(0).label();
        of(actual).actual++;
        of(actual).take(surest == null ? BACKGROUND : surest.label());
        if (surest != null) {
            of(surest.label()).say(surest.score());
            if (isRight) {
                of(surest.label()).beRight(0, surest.score());
            }
        }
    }

    private record Seen(String label, double score, Area area) {}

    /** Things in a picture. One that is found twice is right once: the surest takes the one that it overlaps most. */
    void addDetected(List<Result> found, List<Truth> truths) {
        items++;
        List<Seen> seen = found.stream()
                .filter(Labeled.class::isInstance)
                .map(Labeled.class::cast)
                .filter(one -> Area.of(one) != null)
                .map(one -> new Seen(one.label(), one.score(), area(one)))
                .sorted(Comparator.comparingDouble((Seen one) -> -one.score()))
                .toList();
        truths.forEach(truth -> of(truth.label()).actual++);
        seen.forEach(one -> of(one.label()).say(one.score()));
        double[][] overlaps = new double[seen.size()][truths.size()];
        for (int one = 0; one < seen.size(); one++) {
            for (int truth = 0; truth < truths.size(); truth++) {
                Area area = truths.get(truth).area();
                overlaps[one][truth] = area == null ? 0 : seen.get(one).area().overlap(area);
            }
        }
        for (int overlap = 0; overlap < LabelCounts.OVERLAPS.size(); overlap++) {
            int[] matches = matches(seen, truths, overlaps, LabelCounts.OVERLAPS.get(overlap), true);
            for (int one = 0; one < matches.length; one++) {
                if (matches[one] >= 0) {
                    of(seen.get(one).label()).beRight(overlap, seen.get(one).score());
                }
            }
        }
        addConfused(seen, truths, matches(seen, truths, overlaps, LabelCounts.OVERLAPS.get(0), false));
    }

    private static Area area(Labeled found) {
        return Objects.requireNonNull(Area.of(found));
    }

    private void addConfused(List<Seen> seen, List<Truth> truths, int[] matches) {
        boolean[] isFound = new boolean[truths.size()];
        for (int one = 0; one < matches.length; one++) {
            String label = seen.get(one).label();
            if (matches[one] < 0) {
                of(BACKGROUND).take(label);
            } else {
                isFound[matches[one]] = true;
                of(truths.get(matches[one]).label()).take(label);
            }
        }
        for (int truth = 0; truth < isFound.length; truth++) {
            if (!isFound[truth]) {
                of(truths.get(truth).label()).take(BACKGROUND);
            }
        }
    }

    /** For each thing seen, the surest first, the truth that it is; −1 for none. */
    private static int[] matches(
            List<Seen> seen, List<Truth> truths, double[][] overlaps, double least, boolean sameLabel) {
        int[] matches = new int[seen.size()];
        Arrays.fill(matches, -1);
        boolean[] isTaken = new boolean[truths.size()];
        for (int one = 0; one < matches.length; one++) {
            double most = least;
            for (int truth = 0; truth < isTaken.length; truth++) {
                boolean isBetter = overlaps[one][truth] > most || matches[one] < 0 && overlaps[one][truth] >= least;
                if (isBetter
                        && !isTaken[truth]
                        && (!sameLabel
                                || seen.get(one)
                                        .label()
                                        .equals(truths.get(truth).label()))) {
                    matches[one] = truth;
                    most = overlaps[one][truth];
                }
            }
            if (matches[one] >= 0) {
                isTaken[matches[one]] = true;
            }
        }
        return matches;
    }
}
