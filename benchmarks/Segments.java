import com.mongodb.WriteConcern;
import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.reactivestreams.client.MongoClients;
import io.sluice.itemservice.content.segment.HeldBytes;
import io.sluice.itemservice.content.segment.SegmentProperties;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;

/**
 * What item-service does with small files alone, without HTTP and documents: {@code Segments.java MONGODB_URI FOLDER COUNT}, with
 * the libraries of item-service. Files of 4 KiB, durable and in the index when they are answered, against creating and syncing a
 * file each.
 */
public final class Segments {

    private static final int SIZE = 4 * 1024;
    private static final int AT_ONCE = 512;

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        int count = Integer.parseInt(arguments[2]);
        var client = MongoClients.create(MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(arguments[0]))
                .writeConcern(WriteConcern.MAJORITY.withJournal(true))
                .build());
        var segments = new io.sluice.itemservice.content.segment.Segments(
                Files.createDirectories(folder.resolve("segments")),
                new ReactiveMongoTemplate(client, "segments-benchmark"),
                () -> {},
                digest -> false,
                new SegmentProperties(
                        DataSize.ofKilobytes(256),
                        DataSize.ofMegabytes(32),
                        DataSize.ofMegabytes(256),
                        16,
                        Duration.ofMinutes(10)),
                Clock.systemUTC());
        kept(segments, count / 4, 1);
        double ours = kept(segments, count, 2);
        double files = files(folder, count);
        System.out.printf(
                "%d files of 4 KiB kept in segments: %.0f/s, a file created and synced each: %.0f/s: ratio %.2f%n",
                count, ours, files, ours / files);
        client.close();
        System.exit(0);
    }

    private static double kept(io.sluice.itemservice.content.segment.Segments segments, int count, int seed) {
        byte[] pattern = new byte[SIZE];
        new Random(seed).nextBytes(pattern);
        long start = System.nanoTime();
        Flux.range(0, count)
                .map(number -> held(pattern, number))
                .flatMap(held -> segments.keep(held).doOnSuccess(kept -> held.end()), AT_ONCE)
                .blockLast(Duration.ofMinutes(10));
        return count / ((System.nanoTime() - start) / 1e9);
    }

    private static HeldBytes held(byte[] pattern, int number) {
        byte[] bytes = pattern.clone();
        ByteBuffer.wrap(bytes).putInt(number);
        try {
            return new HeldBytes(
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)),
                    bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static double files(Path folder, int count) throws Exception {
        byte[] bytes = new byte[SIZE];
        new Random(count).nextBytes(bytes);
        long start = System.nanoTime();
        for (int number = 0; number < count; number++) {
            try (FileChannel channel = FileChannel.open(
                    folder.resolve(Integer.toString(number)),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(bytes));
                channel.force(true);
            }
        }
        return count / ((System.nanoTime() - start) / 1e9);
    }
}
