package io.sluice.launcher.embedded;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.bson.Document;

/** A process of its own that writes to the embedded database and prints every write it was told is done. */
final class WritesUntilKilled {

    private static final int WRITERS = 8;

    private WritesUntilKilled() {}

    public static void main(String[] args) throws Exception {
        EmbeddedDatabase database = EmbeddedDatabase.open(Path.of(args[0]), name -> {}, problem -> {});
        DriverSession session = new DriverSession(database.uri());
        MongoCollection<Document> items = session.collection("items");
        DriverSession.all(items.createIndex(Indexes.ascending("key"), new IndexOptions().unique(true)));
        PrintStream acknowledged = new PrintStream(System.out, true);
        IntStream.range(0, WRITERS).forEach(writer -> new Thread(() -> write(items, writer, acknowledged)).start());
    }

    private static void write(MongoCollection<Document> items, int writer, PrintStream acknowledged) {
        for (int n = 0; ; n++) {
            String id = writer + "-" + n;
            DriverSession.all(items.insertOne(new Document("_id", id).append("key", "key of " + id)));
            acknowledged.println("inserted " + id);
            DriverSession.all(items.updateOne(Filters.eq(id), Updates.set("state", "updated"), new UpdateOptions()));
            acknowledged.println("updated " + id);
            DriverSession.all(items.findOneAndUpdate(
                    Filters.eq("counter"), Updates.inc("n" + writer, 1), new FindOneAndUpdateOptions().upsert(true)));
            acknowledged.println("counted " + writer + "-" + (n + 1));
        }
    }
}
