package io.sluice.launcher.embedded;

import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.time.Duration;
import java.util.List;
import org.bson.Document;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** The real driver, waited for. */
final class DriverSession implements AutoCloseable {

    private final MongoClient client;

    DriverSession(String uri) {
        this.client = MongoClients.create(uri);
    }

    MongoCollection<Document> collection(String name) {
        return client.getDatabase("sluice-test").getCollection(name);
    }

    static <T> List<T> all(Publisher<T> publisher) {
        return Flux.from(publisher)
                .collectList()
                .blockOptional(Duration.ofSeconds(30))
                .orElseThrow();
    }

    @Override
    public void close() {
        client.close();
    }
}
