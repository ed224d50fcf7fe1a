package io.sluice.launcher.database;

/** A running MongoDB, real or embedded. */
public interface Database extends AutoCloseable {

    /** The connection string for the services, with its password if it has one. */
    String uri();

    /** What it is, for the console. */
    String description();

    /** Ends it, when it belongs to the platform; everything acknowledged is on the disk after that. */
    @Override
    void close();
}
