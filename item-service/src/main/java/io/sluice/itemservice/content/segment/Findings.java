package io.sluice.itemservice.content.segment;

/** Is told what somebody finds who looks at everything that is kept. */
public interface Findings {

    /** Something is wrong. */
    void wrong(String what);

    /** Something was put right that was wrong. */
    void repaired(String what);

    /** Something is as it may be after a crash, or comes to nothing; it does no harm. */
    void harmless(String what);

    /** How many bytes were read since the last time; may wait, so that others can read, too. */
    void read(long bytes);
}
