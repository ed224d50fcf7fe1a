package io.sluice.launcher.embedded;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bson.Document;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a writing process without warning and looks for every write that it had been told is done. */
@Timeout(120)
class EmbeddedDurabilityIT {

    @TempDir
    Path folder;

    @RepeatedTest(2)
    void keepsEveryAcknowledgedWriteOfAProcessThatIsKilled() throws Exception {
        List<String> acknowledged = writeUntilKilledAfter(1000);

        try (EmbeddedDatabase database = open();
                DriverSession session = new DriverSession(database.uri())) {
            MongoCollection<Document> items = session.collection("items");
            Map<String, Document> found = DriverSession.all(items.find()).stream()
                    .collect(Collectors.toMap(item -> item.getString("_id"), item -> item));

            assertThat(found.keySet()).containsAll(idsOf("inserted", acknowledged));
            assertThat(idsOf("updated", acknowledged))
                    .allSatisfy(id -> assertThat(found.get(id)).containsEntry("state", "updated"));
            Document counter = requireNonNull(found.get("counter"));
            assertThat(countsOf(acknowledged))
                    .allSatisfy((writer, count) ->
                            assertThat(counter.getInteger("n" + writer)).isGreaterThanOrEqualTo(count));
        }
    }

    @RepeatedTest(2)
    void keepsDocumentsAndUniqueKeysInStep() throws Exception {
        writeUntilKilledAfter(1000);

        try (EmbeddedDatabase database = open();
                DriverSession session = new DriverSession(database.uri())) {
            MongoCollection<Document> items = session.collection("items");
            List<Document> found = DriverSession.all(items.find(Filters.ne("_id", "counter")));

            assertThat(found)
                    .allSatisfy(item -> assertThat(
                                    DriverSession.all(items.find(Filters.eq("key", item.getString("key")))))
                            .containsExactly(item));
            assertThat(DriverSession.all(items.insertOne(new Document("_id", "new").append("key", "new key"))))
                    .hasSize(1);
        }
    }

    private EmbeddedDatabase open() throws IOException {
        return EmbeddedDatabase.open(folder, name -> {}, problem -> {});
    }

    private List<String> writeUntilKilledAfter(int lines) throws IOException, InterruptedException {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-ea",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WritesUntilKilled.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> acknowledged = new ArrayList<>();
        try (BufferedReader output = writer.inputReader()) {
            String line;
            while ((line = output.readLine()) != null) {
                acknowledged.add(line);
                if (acknowledged.size() == lines) {
                    // By the handle: the process would also close the output still to be read.
                    writer.toHandle().destroyForcibly();
                }
            }
        }
        writer.waitFor();
        // A line may be cut by the kill; only whole ones count, and the last is dropped as it cannot be told.
        acknowledged.remove(acknowledged.size() - 1);
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(lines - 1);
        return acknowledged.stream().filter(line -> line.contains("ed ")).toList();
    }

    private static Set<String> idsOf(String deed, List<String> acknowledged) {
        return acknowledged.stream()
                .filter(line -> line.startsWith(deed))
                .map(line -> line.substring(deed.length() + 1))
                .collect(Collectors.toSet());
    }

    private static Map<String, Integer> countsOf(List<String> acknowledged) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String counted : idsOf("counted", acknowledged)) {
            String[] parts = counted.split("-", 2);
            counts.merge(parts[0], Integer.valueOf(parts[1]), Math::max);
        }
        return counts;
    }
}
