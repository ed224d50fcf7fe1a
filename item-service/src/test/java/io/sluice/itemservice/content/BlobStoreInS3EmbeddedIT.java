package io.sluice.itemservice.content;

import io.sluice.itemservice.content.segment.FreeSpace;
import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import io.sluice.kit.testing.OnMongo;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

@S3Server.Needed
@OnMongo(Database.EMBEDDED)
class BlobStoreInS3EmbeddedIT extends BlobStoreContract {

    private static S3Server server;

    private @Nullable Blobs blobs;

    BlobStoreInS3EmbeddedIT(MongoServer.Lease database) {
        super(database, Blobs.SHORT);
    }

    @BeforeAll
    static void start() {
        server = new S3Server();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    Blobs opened(Path where, FreeSpace freeSpace, MovableClock now, ReactiveMongoTemplate database, long largest) {
        Blobs opened = Blobs.open(server, UUID.randomUUID().toString(), where, freeSpace, now, database, largest);
        blobs = opened;
        return opened;
    }

    /** The room of this machine is for what has not been published. */
    @Override
    boolean publishesHere() {
        return false;
    }

    @AfterEach
    void shutDown() {
        if (blobs != null) {
            blobs.store().shutDown();
        }
    }
}
