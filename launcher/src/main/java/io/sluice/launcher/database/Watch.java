package io.sluice.launcher.database;

/** Hears of what happens to a database while the platform runs; called from any thread, to return at once. */
public interface Watch {

    /** A collection has become larger than the embedded database is good for; said once. */
    void outgrown(String collection);

    /** The database is gone, and the platform with it. */
    void lost(String why);
}
