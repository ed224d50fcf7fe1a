package io.sluice.launcher.database;

/** A MongoDB that runs apart; the platform neither starts nor stops it. */
record ExternalDatabase(String uri) implements Database {

    @Override
    public String description() {
        return "the MongoDB at SLUICE_MONGODB_URI";
    }

    @Override
    public void close() {}

    /** Without the address, which may hold a password. */
    @Override
    public String toString() {
        return description();
    }
}
