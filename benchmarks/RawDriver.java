import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.Document;
import org.bson.types.ObjectId;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What the database driver does alone: {@code find URI ITEM SECONDS} prints how many times a second 16 callers at a time find an
 * item by its id, {@code lines URI DATASET FILE} how many items a second a cursor writes down as lines of JSON.
 */
public class RawDriver {

    private static final int AT_ONCE = 16;
    private static final int BATCH = 500;

    public static void main(String[] arguments) throws Exception {
        try (var client = MongoClients.create(arguments[1])) {
            MongoCollection<Document> items = client.getDatabase("sluice-item").getCollection("items");
            if (arguments[0].equals("find")) {
                Duration time = Duration.ofSeconds(Long.parseLong(arguments[3]));
                found(items, new ObjectId(arguments[2]), time.multipliedBy(2));
                System.out.println(found(items, new ObjectId(arguments[2]), time) / time.toSeconds());
            } else {
                System.out.println(lines(items, new ObjectId(arguments[2]), Path.of(arguments[3])));
            }
        }
    }

    private static long found(MongoCollection<Document> items, ObjectId id, Duration time) {
        var count = new AtomicLong();
        long end = System.nanoTime() + time.toNanos();
        Flux.range(0, AT_ONCE)
                .flatMap(caller -> Mono.from(items.find(new Document("_id", id)).first())
                        .map(Document::toJson)
                        .doOnNext(json -> count.incrementAndGet())
                        .repeat(() -> System.nanoTime() < end), AT_ONCE)
                .blockLast();
        return count.get();
    }

    private static long lines(MongoCollection<Document> items, ObjectId dataset, Path file) throws Exception {
        long began = System.nanoTime();
        long count = 0;
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (Document item : Flux.from(items.find(new Document("datasetId", dataset)
                                    .append("hidden", false)
                                    .append("type", "file"))
                            .sort(new Document("_id", 1))
                            .batchSize(BATCH))
                    .toIterable(BATCH)) {
                out.write(item.toJson());
                out.newLine();
                count++;
            }
        }
        return Math.round(count / ((System.nanoTime() - began) / 1e9));
    }
}
