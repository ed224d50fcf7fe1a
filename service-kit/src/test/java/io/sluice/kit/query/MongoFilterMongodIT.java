package io.sluice.kit.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;
import java.util.List;
import org.junit.jupiter.api.Test;

@OnMongo(Database.MONGOD)
class MongoFilterMongodIT extends MongoFilterContract {

    MongoFilterMongodIT(MongoServer.Lease database) {
        super(database);
    }

    /** The embedded database fails at some of them. */
    @Test
    void matchesElementsBesideThoseThatAreNoObjects() {
        keep(List.of(document("mixed").append("metadata", user("refs", List.of(ref("t1", "task"), "t1", 7)))));

        assertThat(found("{'metadata.user.refs':{'$match':{'id':'t1','type':{'$ne':'model'}}}}"))
                .isEqualTo(names("mixed"));
        assertThat(found("{'metadata.user.refs':{'$match':{'id':{'$ne':'t1'}}}}"))
                .isEmpty();
        assertThat(found("{'metadata.user.refs':{'$matchAll':{'type':'task'}}}"))
                .isEmpty();
        assertThat(found("{'metadata.user.refs':{'$matchAll':{'type':{'$ne':'model'}}}}"))
                .isEmpty();
    }
}
