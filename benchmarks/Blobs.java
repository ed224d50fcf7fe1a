import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Uploads files one request each, and writes the same to a folder without the platform: {@code Blobs.java SERVICE TOKEN DATASET
 * FOLDER SMALL LARGE}. Of 4 KiB as many as SMALL, against creating and syncing a file each, with as many at once; of 50 MB as
 * many as LARGE, against writing as many bytes into one file that is synced at the end of each 50 MB. Prints rates and ratios.
 */
public final class Blobs {

    private static final int AT_ONCE = 32;
    private static final int LARGE_AT_ONCE = 2;
    private static final int SMALL_SIZE = 4 * 1024;
    private static final int LARGE_SIZE = 50 * 1000 * 1000;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI items;
    private final String token;
    private final Path folder;

    private Blobs(String service, String token, String dataset, Path folder) {
        this.items = URI.create(service + "/api/v1/datasets/" + dataset + "/items?mode=skip");
        this.token = token;
        this.folder = folder;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(arguments[3]));
        Blobs blobs = new Blobs(arguments[0], arguments[1], arguments[2], folder);
        int small = Integer.parseInt(arguments[4]);
        int large = Integer.parseInt(arguments[5]);
        blobs.uploads(Math.max(1000, small / 4), SMALL_SIZE, AT_ONCE); // warms the service up
        double ours = blobs.uploads(small, SMALL_SIZE, AT_ONCE);
        double alone = blobs.files(small, SMALL_SIZE, 1);
        double together = blobs.files(small, SMALL_SIZE, AT_ONCE);
        System.out.printf(
                "%d files of 4 KiB: uploads %.0f/s, a file created and synced each %.0f/s one after another and %.0f/s by %d at"
                        + " once: ratio %.2f and %.2f%n",
                small, ours, alone, together, AT_ONCE, ours / alone, ours / together);
        if (large > 0) {
            blobs.uploads(2, LARGE_SIZE, LARGE_AT_ONCE);
            double uploaded = blobs.uploads(large, LARGE_SIZE, LARGE_AT_ONCE) * LARGE_SIZE / 1e6;
            double written = blobs.sequential(large) * LARGE_SIZE / 1e6;
            System.out.printf(
                    "%d files of 50 MB: uploads %.0f MB/s, written one behind the other and synced %.0f MB/s: ratio %.2f%n",
                    large, uploaded, written, uploaded / written);
        }
    }

    private static byte[] random(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Each file differs from all others in its beginning. */
    private static byte[] different(byte[] bytes) {
        byte[] copy = bytes.clone();
        UUID name = UUID.randomUUID();
        ByteBuffer.wrap(copy).putLong(name.getMostSignificantBits()).putLong(name.getLeastSignificantBits());
        return copy;
    }

    private double uploads(int count, int size, int atOnce) throws Exception {
        byte[] bytes = random(size, count);
        return rate(count, atOnce, () -> {
            upload(different(bytes));
            return true;
        });
    }

    private void upload(byte[] bytes) throws IOException, InterruptedException {
        String path = "/" + UUID.randomUUID() + ".bin";
        String boundary = "b" + UUID.randomUUID();
        String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"path\"\r\n\r\n" + path + "\r\n--"
                + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n";
        var request = HttpRequest.newBuilder(items)
                .header("authorization", "Bearer " + token)
                .header("content-type", "multipart/form-data; boundary=" + boundary)
                .POST(BodyPublishers.ofByteArrays(List.of(
                        head.getBytes(StandardCharsets.UTF_8),
                        bytes,
                        ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8))))
                .build();
        var response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 201) {
            throw new IOException(response.statusCode() + " " + response.body());
        }
    }

    private double files(int count, int size, int atOnce) throws Exception {
        byte[] bytes = random(size, count);
        Path part = Files.createDirectories(folder.resolve(UUID.randomUUID().toString()));
        AtomicInteger names = new AtomicInteger();
        return rate(count, atOnce, () -> {
            Path file = part.resolve(Integer.toString(names.incrementAndGet()));
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(bytes));
                channel.force(true);
            }
            return true;
        });
    }

    private double sequential(int count) throws IOException {
        byte[] bytes = random(LARGE_SIZE, count);
        long start = System.nanoTime();
        try (FileChannel channel = FileChannel.open(
                folder.resolve("sequential"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int file = 0; file < count; file++) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer.limit(Math.min(buffer.capacity(), buffer.position() + 1_000_000)));
                    buffer.limit(buffer.capacity());
                }
                channel.force(true);
            }
        }
        return count / ((System.nanoTime() - start) / 1e9);
    }

    private static double rate(int count, int atOnce, Callable<Boolean> deed) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        AtomicInteger left = new AtomicInteger(count);
        long start = System.nanoTime();
        try {
            List<Future<Boolean>> all = threads.invokeAll(IntStream.range(0, atOnce)
                    .<Callable<Boolean>>mapToObj(thread -> () -> {
                        while (left.getAndDecrement() > 0) {
                            deed.call();
                        }
                        return true;
                    })
                    .toList());
            for (Future<Boolean> one : all) {
                one.get();
            }
        } finally {
            threads.shutdown();
        }
        return count / ((System.nanoTime() - start) / 1e9);
    }
}
