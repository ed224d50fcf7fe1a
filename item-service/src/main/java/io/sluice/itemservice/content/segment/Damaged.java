package io.sluice.itemservice.content.segment;

/** What is kept is not what was written. Not one of the failures that pass: asking again would not help. */
public final class Damaged extends IllegalStateException {

    private static final long serialVersionUID = 1;

    public Damaged(String what) {
        super(what);
    }
}
