package io.sluice.itemservice.content.s3;

/** There is no such object, though there should be: not one of the failures that pass. */
public final class MissingObject extends IllegalStateException {

    private static final long serialVersionUID = 1;

    MissingObject(String key) {
        super("The object " + key + " is missing");
    }
}
