package io.sluice.launcher.database;

import com.mongodb.MongoException;
import com.mongodb.WriteConcern;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import io.sluice.launcher.console.StartFailure;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bson.RawBsonDocument;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Copies every document of one database server to another. What the other holds under the same names is dropped first,
 * so a copy that was cut off is simply made again. Indexes are left to the services, which make theirs at each start.
 *
 * @param from the connection string to read from
 * @param to the connection string to write to
 */
record Conversion(String from, String to) {

    private static final Set<String> NOT_OURS = Set.of("admin", "config", "local");
    private static final int BATCH = 500;
    private static final int PATIENCE_HOURS = 6;

    void run() {
        try (MongoClient source = MongoClients.create(from);
                MongoClient target = MongoClients.create(to)) {
            Mono<Void> copied = Flux.from(source.listDatabaseNames())
                    .filter(name -> !NOT_OURS.contains(name))
                    .concatMap(name -> copy(source.getDatabase(name), target.getDatabase(name)))
                    .then();
            Waiting.until(copied, PATIENCE_HOURS, TimeUnit.HOURS);
        } catch (MongoException e) {
            throw new StartFailure("The content could not be moved (nothing is lost): " + e.getMessage(), e);
        }
    }

    private static Mono<Void> copy(MongoDatabase source, MongoDatabase target) {
        return Mono.from(target.drop())
                .thenMany(source.listCollectionNames())
                .filter(name -> !name.startsWith("system."))
                .concatMap(name -> copy(documents(source, name), documents(target, name)))
                .then();
    }

    private static Mono<Void> copy(MongoCollection<RawBsonDocument> source, MongoCollection<RawBsonDocument> target) {
        return Flux.from(source.find().batchSize(BATCH))
                .buffer(BATCH)
                .concatMap(target::insertMany)
                .then();
    }

    private static MongoCollection<RawBsonDocument> documents(MongoDatabase database, String name) {
        return database.getCollection(name, RawBsonDocument.class).withWriteConcern(WriteConcern.JOURNALED);
    }

    /** Without the connection strings, which hold passwords. */
    @Override
    public String toString() {
        return "Conversion";
    }
}
