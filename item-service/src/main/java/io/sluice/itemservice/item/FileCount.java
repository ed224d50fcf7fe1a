package io.sluice.itemservice.item;

/**
 * How many files there are.
 *
 * @param visible those that are not hidden
 * @param annotated those of them that have annotations
 * @param annotations what they have of those together
 * @param bytes the size of all files, hidden ones too
 */
record FileCount(long visible, long hidden, long annotated, long annotations, long bytes) {

    static final FileCount NONE = new FileCount(0, 0, 0, 0, 0);

    long all() {
        return visible + hidden;
    }

    FileCount plus(FileCount other) {
        return new FileCount(
                visible + other.visible,
                hidden + other.hidden,
                annotated + other.annotated,
                annotations + other.annotations,
                bytes + other.bytes);
    }
}
