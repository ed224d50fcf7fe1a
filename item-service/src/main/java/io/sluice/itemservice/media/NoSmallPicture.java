package io.sluice.itemservice.media;

/** There is no way to make a small picture of a file, now or later; the message says why, in a sentence. */
public final class NoSmallPicture extends Exception {

    private static final long serialVersionUID = 1L;

    public NoSmallPicture(String reason) {
        super(reason, null, false, false);
    }

    NoSmallPicture(String reason, Throwable cause) {
        super(reason, cause, false, false);
    }
}
