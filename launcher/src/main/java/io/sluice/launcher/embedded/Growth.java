package io.sluice.launcher.embedded;

import java.util.function.Consumer;

/** Says once when a collection has outgrown a database whose every query reads the whole collection. */
final class Growth {

    /** Documents in one collection from which on a real MongoDB is the better place. */
    static final int COMFORTABLE = 10_000;

    private final Consumer<String> onOutgrown;
    private boolean said;

    /** @param onOutgrown is told the name of the first collection that passes the mark */
    Growth(Consumer<String> onOutgrown) {
        this.onOutgrown = onOutgrown;
    }

    void written(String collection, int documents) {
        if (documents > COMFORTABLE && !said) {
            said = true;
            onOutgrown.accept(collection);
        }
    }
}
