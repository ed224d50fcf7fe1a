package io.sluice.datasetservice.item;

/**
 * How much a dataset holds.
 *
 * @param itemsCount files that are not hidden
 * @param annotatedCount those of them that have annotations
 */
public record ItemCounts(String datasetId, long itemsCount, long annotatedCount, long annotationsCount) {

    public static ItemCounts none(String datasetId) {
        return new ItemCounts(datasetId, 0, 0, 0);
    }
}
