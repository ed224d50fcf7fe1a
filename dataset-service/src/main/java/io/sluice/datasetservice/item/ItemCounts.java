package io.sluice.datasetservice.item;

/**
 * How much a dataset holds.
 *
 * @param itemsCount files that are not hidden
 * @param annotatedCount those of them that have annotations
 * @param bytes the size of all files, hidden ones too
 */
public record ItemCounts(String datasetId, long itemsCount, long annotatedCount, long annotationsCount, long bytes) {

    public static ItemCounts none(String datasetId) {
        return new ItemCounts(datasetId, 0, 0, 0, 0);
    }
}
