package io.sluice.kit.testing;

/** The kinds of database that everything must run on. */
public enum Database {
    /** What {@code ./sluice up} brings along; always there. */
    EMBEDDED,
    /** A real one, from the binary that {@code SLUICE_TEST_MONGOD} names. */
    MONGOD
}
