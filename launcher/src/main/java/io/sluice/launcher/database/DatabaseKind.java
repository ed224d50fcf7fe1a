package io.sluice.launcher.database;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The kinds of database that can have made a data folder. */
enum DatabaseKind {
    EMBEDDED(
            "the embedded database",
            "start with --embedded, without --mongod and SLUICE_MONGODB_URI, or move its content to a mongod with --convert"),
    MONGOD("a mongod", "start with --mongod PATH or a mongod on the PATH, without --embedded and SLUICE_MONGODB_URI"),
    EXTERNAL("a MongoDB that runs apart", "set SLUICE_MONGODB_URI to it");

    private final String spoken;
    private final String howToGoOn;

    DatabaseKind(String spoken, String howToGoOn) {
        this.spoken = spoken;
        this.howToGoOn = howToGoOn;
    }

    static Optional<DatabaseKind> of(String note) {
        return Arrays.stream(values()).filter(kind -> kind.note().equals(note)).findFirst();
    }

    /** How the data folder remembers it. */
    String note() {
        return name().toLowerCase(Locale.ROOT);
    }

    String spoken() {
        return spoken;
    }

    /** What to do to keep using a folder of this kind. */
    String howToGoOn() {
        return howToGoOn;
    }
}
