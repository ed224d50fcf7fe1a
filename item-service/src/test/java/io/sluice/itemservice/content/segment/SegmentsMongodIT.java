package io.sluice.itemservice.content.segment;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class SegmentsMongodIT extends SegmentsContract {

    SegmentsMongodIT(MongoServer.Lease database) {
        super(database);
    }
}
