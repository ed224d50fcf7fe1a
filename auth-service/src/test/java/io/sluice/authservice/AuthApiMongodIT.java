package io.sluice.authservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.index.IndexInfo;

@OnMongo(Database.MONGOD)
class AuthApiMongodIT extends AuthApiContract {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Autowired
    private ReactiveMongoTemplate mongo;

    /** The embedded database cannot; there, expired sessions are only refused. */
    @Test
    void letsTheDatabaseSweepSessionsThatAreOver() {
        List<IndexInfo> indexes = mongo.indexOps("sessions")
                .getIndexInfo()
                .collectList()
                .blockOptional(PATIENCE)
                .orElseThrow();

        assertThat(indexes)
                .filteredOn(index -> index.isIndexForFields(List.of("expiresAt")))
                .singleElement()
                .satisfies(index -> assertThat(index.getExpireAfter()).contains(Duration.ZERO));
    }
}
