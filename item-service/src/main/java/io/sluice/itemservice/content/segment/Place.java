package io.sluice.itemservice.content.segment;

/**
 * Where some bytes are.
 *
 * @param segment the file, by its name
 * @param offset where their record begins in it
 * @param size how many bytes there are, without what precedes them in the record
 */
public record Place(String segment, long offset, int size) {

    /** Where the bytes themselves begin. */
    long start() {
        return offset + RecordHeader.LENGTH;
    }

    /** How much of the segment the record takes. */
    long length() {
        return RecordHeader.LENGTH + (long) size;
    }
}
