package io.sluice.kit.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.reactivestreams.client.MongoClients;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.index.Index;

class IndexesTests {

    @Test
    void waitForADatabaseThatIsNotThereYet() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (var client = MongoClients.create("mongodb://127.0.0.1:" + port + "/?serverSelectionTimeoutMS=200")) {
            var mongo = new ReactiveMongoTemplate(client, "late");
            Indexes indexes = new Indexes(
                    mongo, Indexes.Index.optional(IndexesContract.Named.class, new Index("name", Sort.Direction.ASC)));
            indexes.start();
            assertThat(IndexesContract.isReady(indexes)).isFalse();
            assertThat(indexes.isRunning()).isTrue();

            MongoServer server = new MongoServer(H2Backend.inMemory());
            server.bind("127.0.0.1", port);

            await().atMost(Duration.ofSeconds(60)).until(() -> IndexesContract.isReady(indexes));
            indexes.stop();
            server.shutdownNow();
        }
    }
}
