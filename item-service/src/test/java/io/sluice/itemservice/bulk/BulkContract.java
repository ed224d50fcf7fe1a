package io.sluice.itemservice.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.Zstd;
import io.sluice.itemservice.testing.Client;
import io.sluice.itemservice.testing.Connection;
import io.sluice.itemservice.testing.Pictures;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import io.sluice.itemservice.testing.Tar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

abstract class BulkContract extends RunningItemService {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String LINES = "application/x-ndjson";
    private static final String TAR = "application/x-tar";
    private static final String BOX =
            "{\"type\": \"box\", \"label\": \"sheep\", \"coordinates\": [{\"x\": 1, \"y\": 1}, {\"x\": 5, \"y\": 7}]}";

    private final String datasetId = newDataset();

    // --- JSON Lines

    @Test
    void takesItemsAsLinesWithMetadataDescriptionAndAnnotations() {
        List<JsonNode> answer = lines(
                "skip",
                "{\"path\": \"/a/one.txt\", \"base64\": \"" + base64("one")
                        + "\", \"metadata\": {\"user\": {\"a.b\": 1}},"
                        + " \"description\": \"first\", \"annotations\": [" + BOX + "]}",
                "",
                "{\"path\": \"two.txt\", \"base64\": \"\", \"sha256\": \"" + sha256(new byte[0]) + "\", \"size\": 0}");

        assertThat(outcomes(answer)).containsExactlyInAnyOrder("/a/one.txt created", "/two.txt created");
        assertThat(totals(answer))
                .isEqualTo("{\"created\":2,\"overwritten\":0,\"skipped\":0,\"failed\":0,\"bytes\":3}");
        JsonNode line = of("/a/one.txt", answer);
        assertThat(line.at("/sha256").asString()).isEqualTo(sha256(bytes("one")));
        assertThat(line.at("/size").asInt()).isEqualTo(3);
        Reply item = owner().get("/api/v1/items/" + line.at("/id").asString());
        assertThat(item.at("/filename").asString()).isEqualTo("/a/one.txt");
        assertThat(item.at("/metadata/user").toString()).isEqualTo("{\"a.b\":1}");
        assertThat(item.at("/metadata/system/mimetype").asString()).isEqualTo("text/plain");
        assertThat(item.at("/metadata/system/size").asInt()).isEqualTo(3);
        assertThat(item.at("/description").asString()).isEqualTo("first");
        assertThat(item.at("/annotationsCount").asInt()).isEqualTo(1);
        assertThat(annotationsOf(item.id())).hasSize(1);
        assertThat(owner().get("/api/v1/items/" + item.id() + "/stream").bytes())
                .isEqualTo(bytes("one"));
        assertThat(paths("dir")).containsExactly("/a");
        assertThat(staged()).isEmpty();
    }

    @Test
    void changesNothingWhenTheSameIsSentAgain() {
        String line = "{\"path\": \"/a.txt\", \"base64\": \"" + base64("one") + "\", \"annotations\": [" + BOX + "]}";
        String id = of("/a.txt", lines("skip", line)).at("/id").asString();

        List<JsonNode> again = lines("skip", line);

        assertThat(outcomes(again)).containsExactly("/a.txt skipped");
        assertThat(of("/a.txt", again).at("/id").asString()).isEqualTo(id);
        assertThat(of("/a.txt", again).at("/sha256").asString()).isEqualTo(sha256(bytes("one")));
        assertThat(outcomes(lines("overwrite", line))).containsExactly("/a.txt overwritten");
        assertThat(annotationsOf(id)).hasSize(1);
        assertThat(stored(datasetId)).hasSize(1);
    }

    @Test
    void overwritesBytesMetadataAndDescription() {
        lines("skip", "{\"path\": \"/a.txt\", \"base64\": \"" + base64("one") + "\", \"metadata\": {\"old\": 1}}");

        JsonNode line = of(
                "/a.txt",
                lines(
                        "overwrite",
                        "{\"path\": \"/a.txt\", \"base64\": \"" + base64("other") + "\", \"metadata\": {\"new\": 2}}"));

        assertThat(line.at("/outcome").asString()).isEqualTo("overwritten");
        assertThat(line.at("/size").asInt()).isEqualTo(5);
        Reply item = owner().get("/api/v1/items/" + line.at("/id").asString());
        assertThat(item.at("/metadata/new").asInt()).isEqualTo(2);
        assertThat(item.at("/metadata/old").isMissingNode()).isTrue();
        assertThat(owner().get("/api/v1/items/" + item.id() + "/stream").text()).isEqualTo("other");
    }

    @Test
    void takesBytesThatAreThereByTheirDigest() {
        byte[] picture = Pictures.halves("jpg", 7, 5, 0, 0xffffff);
        owner().upload(newDataset(), "/p.jpg", picture);

        List<JsonNode> answer = lines(
                "skip",
                "{\"path\": \"/one.jpg\", \"sha256\": \"" + sha256(picture) + "\"}",
                "{\"path\": \"/two.jpg\", \"sha256\": \"" + sha256(picture) + "\", \"size\": 1}",
                "{\"path\": \"/three.jpg\", \"sha256\": \"" + "0".repeat(64) + "\"}");

        assertThat(outcomes(answer))
                .containsExactlyInAnyOrder("/one.jpg created", "/two.jpg failed: size", "/three.jpg failed: sha256");
        Reply item =
                owner().get("/api/v1/items/" + of("/one.jpg", answer).at("/id").asString());
        assertThat(item.at("/metadata/system/width").asInt()).isEqualTo(7);
        assertThat(item.at("/metadata/system/mimetype").asString()).isEqualTo("image/jpeg");
        assertThat(item.at("/metadata/system/originalname").asString()).isEqualTo("one.jpg");
        assertThat(owner().get("/api/v1/items/" + item.id() + "/stream").bytes())
                .isEqualTo(picture);
    }

    @Test
    void doesNotTellOfBytesThatTheCallerCannotRead() {
        String secret = sha256(bytes("secret of another project"));
        String elsewhere = "dead" + newDataset().substring(4);
        insert(
                "items",
                new Document("_id", new ObjectId())
                        .append("version", 1L)
                        .append("datasetId", new ObjectId(elsewhere))
                        .append("type", "file")
                        .append("filename", "/secret.txt")
                        .append("content", new Document("sha256", secret).append("size", 25L)));

        assertThat(outcomes(lines("skip", "{\"path\": \"/a.txt\", \"sha256\": \"" + secret + "\"}")))
                .containsExactly("/a.txt failed: sha256");
        assertThat(check("{\"path\": \"/a.txt\", \"sha256\": \"" + secret + "\"}")
                        .get(0)
                        .at("/state")
                        .asString())
                .isEqualTo("missing");
    }

    @Test
    void changesWhatIsSaidOfAnItemThatIsThere() {
        String id = owner().upload(datasetId, "/a.txt", "one").id();

        List<JsonNode> answer = lines(
                "skip",
                "{\"path\": \"/a.txt\", \"metadata\": {\"user\": {\"k\": 1}}, \"annotations\": [" + BOX + "]}",
                "{\"path\": \"/none.txt\", \"metadata\": {\"k\": 1}}");

        assertThat(outcomes(answer)).containsExactlyInAnyOrder("/a.txt overwritten", "/none.txt failed: path");
        Reply item = owner().get("/api/v1/items/" + id);
        assertThat(item.at("/metadata/user/k").asInt()).isEqualTo(1);
        assertThat(item.at("/metadata/system/size").asInt()).isEqualTo(3);
        assertThat(item.at("/annotationsCount").asInt()).isEqualTo(1);
        assertThat(outcomes(lines("skip", "{\"path\": \"/a.txt\", \"metadata\": {\"user\": {\"k\": 1}}}")))
                .containsExactly("/a.txt skipped");
    }

    @Test
    void saysOfEachLineWhatIsWrongWithIt() {
        owner().upload(datasetId, "/file", "a file");

        List<JsonNode> answer = lines(
                "skip",
                "{\"path\": \"/a\", \"base64\": \"" + base64("x") + "\", \"sha256\": \"" + "0".repeat(64) + "\"}",
                "{\"path\": \"/b\", \"base64\": \"?\"}",
                "{\"path\": \"/c\", \"base64\": \"\", \"metdata\": {}}",
                "{\"path\": \"/d\", \"base64\": \"\", \"metadata\": 1}",
                "{\"path\": \"/e\", \"base64\": \"\", \"annotations\": [{\"type\": \"box\"}]}",
                "{\"path\": \"/../f\", \"base64\": \"\"}",
                "{\"path\": \"/file/g\", \"base64\": \"\"}",
                "{\"path\": \"/h\", \"base64\": \"\"}",
                "{\"path\": \"/h\", \"base64\": \"\"}",
                "{\"base64\": \"\"}",
                "[]",
                "{\"path\": ");

        assertThat(outcomes(answer))
                .containsExactlyInAnyOrder(
                        "/a failed: sha256",
                        "/b failed: base64",
                        "/c failed: metdata",
                        "/d failed: metadata",
                        "/e failed: annotations[0].label",
                        "/../f failed: path",
                        "/file/g failed: path",
                        "/h created",
                        "/h failed: path",
                        " failed: path",
                        " failed: line 11",
                        " failed: line 12");
        assertThat(answer.get(0).at("/problem/type").asString()).startsWith("/problems/");
        assertThat(paths("file")).containsExactly("/file", "/h");
        assertThat(staged()).isEmpty();
    }

    @Test
    void refusesLabelsThatTheDatasetDoesNotTake() {
        takesOnly(datasetId, "goat");
        String goat = BOX.replace("sheep", "goat");

        assertThat(outcomes(lines(
                        "skip",
                        "{\"path\": \"/a\", \"base64\": \"\", \"annotations\": [" + BOX + "]}",
                        "{\"path\": \"/b\", \"base64\": \"\", \"annotations\": [" + goat + "]}")))
                .containsExactlyInAnyOrder("/a failed: annotations[0].label", "/b created");
    }

    @Test
    void tellsOfFailuresOnlyWhenAsked() {
        List<JsonNode> answer = answerTo(owner().send(
                        "POST",
                        bulk() + "?lines=failed",
                        LINES,
                        BodyPublishers.ofString("{\"path\": \"/a\", \"base64\": \"\"}\n{\"path\": \"/b\"}")));

        assertThat(outcomes(answer)).containsExactly("/b failed: path");
        assertThat(totals(answer)).contains("\"created\":1");
    }

    @Test
    void takesThousandsOfLines() {
        String[] many = IntStream.range(0, 3_500)
                .mapToObj(number -> "{\"path\": \"/d" + number % 7 + "/" + number + "\", \"base64\": \""
                        + base64("x" + number % 10) + "\"}")
                .toArray(String[]::new);

        List<JsonNode> answer = lines("skip", many);

        assertThat(totals(answer)).contains("\"created\":3500");
        assertThat(stored(datasetId)).hasSize(3_507);
        assertThat(totals(lines("skip", many))).contains("\"skipped\":3500");
    }

    // --- Who may

    @Test
    void refusesWhoMayNotUpload() {
        String line = "{\"path\": \"/a\", \"base64\": \"\"}";

        assertThat(send(nobody(), LINES, line).status()).isEqualTo(401);
        assertThat(send(as("stranger"), LINES, line).status()).isEqualTo(404);
        assertThat(send(as("annotator"), LINES, line).status()).isEqualTo(403);
        assertThat(send(owner(), "text/plain", line).status()).isEqualTo(415);
        assertThat(owner().send("POST", bulk() + "?mode=other", LINES, BodyPublishers.ofString(line))
                        .field())
                .isEqualTo("mode");
        assertThat(stored(datasetId)).isEmpty();
    }

    private Reply send(Client client, String type, String body) {
        return client.send("POST", bulk(), type, BodyPublishers.ofString(body));
    }

    // --- Archives

    @Test
    void takesATarWithSidecarsInEitherOrder() {
        byte[] picture = Pictures.halves("jpg", 4, 3, 0, 0xffffff);
        byte[] large = new byte[3_000_000];
        Arrays.fill(large, (byte) 7);

        List<JsonNode> answer = archive(
                TAR,
                new Tar()
                        .folder("empty/")
                        .file("a/b.jpg", picture)
                        .file("a/b.jpg.json", "{\"metadata\": {\"user\": {\"k\": 1}}, \"annotations\": [" + BOX + "]}")
                        .file("c.json", "{\"description\": \"before\", \"sha256\": \"" + sha256(large) + "\"}")
                        .file("c.bin", large)
                        .file("plain.json", "{\"some\": \"thing\"}")
                        .file("plain.json.json", "{\"metadata\": {\"of\": \"json\"}}")
                        .file("list.json", "[1, 2]")
                        .bytes());

        assertThat(outcomes(answer))
                .containsExactlyInAnyOrder(
                        "/a/b.jpg created", "/c.bin created", "/plain.json created", "/list.json created");
        assertThat(paths("dir")).containsExactly("/a", "/empty");
        Reply item =
                owner().get("/api/v1/items/" + of("/a/b.jpg", answer).at("/id").asString());
        assertThat(item.at("/metadata/user/k").asInt()).isEqualTo(1);
        assertThat(item.at("/metadata/system/width").asInt()).isEqualTo(4);
        assertThat(item.at("/annotationsCount").asInt()).isEqualTo(1);
        assertThat(annotationsOf(item.id()).get(0).at("/label").asString()).isEqualTo("sheep");
        assertThat(owner().get("/api/v1/items/" + item.id() + "/stream").bytes())
                .isEqualTo(picture);
        assertThat(stored(datasetId))
                .filteredOn(document -> "/c.bin".equals(document.getString("filename")))
                .allSatisfy(document ->
                        assertThat(document.getString("description")).isEqualTo("before"));
        assertThat(stored(datasetId))
                .filteredOn(document -> "/plain.json".equals(document.getString("filename")))
                .allSatisfy(document -> assertThat(document.getEmbedded(List.of("metadata", "of"), String.class))
                        .isEqualTo("json"));
        assertThat(outcomes(archive(
                        TAR,
                        new Tar()
                                .file("a/b.jpg", picture)
                                .file("a/b.json", "{\"metadata\": {}}")
                                .bytes())))
                .containsExactly("/a/b.jpg skipped");
        assertThat(staged()).isEmpty();
    }

    @Test
    void takesEveryFileAsAnItemWithoutSidecars() {
        List<JsonNode> answer = answerTo(owner().send(
                        "POST",
                        bulk() + "?sidecars=none",
                        TAR,
                        BodyPublishers.ofByteArray(new Tar()
                                .file("a.jpg", "x")
                                .file("a.json", "{\"metadata\": {}}")
                                .bytes())));

        assertThat(outcomes(answer)).containsExactlyInAnyOrder("/a.jpg created", "/a.json created");
    }

    @Test
    void takesPackedArchivesAndZip() throws IOException {
        byte[] tar = new Tar().file("a.txt", "one").bytes();

        assertThat(outcomes(archive("application/gzip", gzip(tar)))).containsExactly("/a.txt created");
        assertThat(outcomes(archive("application/zstd", Zstd.compress(tar)))).containsExactly("/a.txt skipped");
        assertThat(outcomes(archive(TAR, Zstd.compress(tar), "Content-Encoding", "zstd")))
                .containsExactly("/a.txt skipped");
        assertThat(outcomes(archive(TAR, gzip(tar), "Content-Encoding", "gzip")))
                .containsExactly("/a.txt skipped");
        assertThat(send(owner(), TAR, "").status()).isEqualTo(200);
        assertThat(owner().send("POST", bulk(), TAR, BodyPublishers.ofByteArray(tar), "Content-Encoding", "br")
                        .status())
                .isEqualTo(415);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : List.of("z/b.txt", "z/b.txt.json", "z/big.bin")) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(
                        name.endsWith("json")
                                ? bytes("{\"metadata\": {\"k\": 1}}")
                                : new byte[name.endsWith("bin") ? 1_000_000 : 3]);
                zip.closeEntry();
            }
        }
        assertThat(outcomes(archive("application/zip", bytes.toByteArray())))
                .containsExactlyInAnyOrder("/z/b.txt created", "/z/big.bin created");
    }

    @Test
    void takesTheOthersWhenMembersAreBad() {
        byte[] invalid = {'b', (byte) 0xff, 'd'};
        byte[] sidecar = ("{\"metadata\": {\"k\": \"" + "x".repeat(17 * 1024 * 1024) + "\"}}")
                .getBytes(StandardCharsets.US_ASCII);

        List<JsonNode> answer = archive(
                TAR,
                new Tar()
                        .file("../up", "x")
                        .file("/absolute", "x")
                        .file("C:\\windows", "x")
                        .member(bytes("link"), '2', new byte[0], 0)
                        .member(bytes("device"), '3', new byte[0], 0)
                        .member(invalid, '0', new byte[0], 0)
                        .file("twice", "1")
                        .file("twice", "2")
                        .file("wrong.txt", "x")
                        .file("wrong.txt.json", "{\"sha256\": \"" + "0".repeat(64) + "\"}")
                        .file("alone.jpg.json", "{\"metadata\": {}}")
                        .file("typo.jpg", "x")
                        .file("typo.jpg.json", "{\"metdata\": {}}")
                        .file("broken.jpg", "x")
                        .file("broken.jpg.json", "{\"metadata\": ")
                        .file("huge.jpg", "x")
                        .file("huge.jpg.json", sidecar)
                        .file("good.jpg", "x")
                        .bytes());

        assertThat(outcomes(answer))
                .containsExactlyInAnyOrder(
                        "../up failed: path",
                        "/absolute failed: path",
                        "C:\\windows failed: path",
                        "link failed: path",
                        "device failed: path",
                        "b\uFFFDd failed: path",
                        "/twice created",
                        "twice failed: path",
                        "/wrong.txt failed: sha256",
                        "/alone.jpg.json failed: sidecar",
                        "/typo.jpg failed: sidecar",
                        "/broken.jpg failed: sidecar",
                        "/huge.jpg failed: sidecar",
                        "/good.jpg created");
        assertThat(paths("file")).containsExactly("/good.jpg", "/twice");
        assertThat(staged()).isEmpty();
    }

    @Test
    void takesWhatIsWholeOfAnArchiveThatEndsTooEarly() throws IOException {
        byte[] tar = new Tar().file("a.txt", "one").file("b.txt", "two").unfinished();

        List<JsonNode> cut = archive(TAR, Arrays.copyOf(tar, tar.length - 700));
        assertThat(outcomes(cut)).containsExactly("/a.txt created");
        assertThat(last(cut).at("/problem/status").asInt()).isEqualTo(400);
        assertThat(outcomes(archive(TAR, tar))).containsExactlyInAnyOrder("/a.txt skipped", "/b.txt created");
        byte[] packed = gzip(new Tar().file("c.txt", "three").bytes());
        assertThat(last(archive("application/gzip", Arrays.copyOf(packed, packed.length / 2)))
                        .at("/problem/status")
                        .asInt())
                .isEqualTo(400);
        assertThat(staged()).isEmpty();
    }

    /** Much of nothing, in little. */
    @Test
    void writesALargeFileDownWithoutHoldingIt() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        long size = 300L * 1024 * 1024;
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            byte[] header =
                    new Tar().member(bytes("zeros"), '0', new byte[0], size).unfinished();
            gzip.write(header);
            byte[] zeros = new byte[1024 * 1024];
            for (int count = 0; count < 300; count++) {
                gzip.write(zeros);
            }
            gzip.write(new byte[1024]);
        }

        List<JsonNode> answer = archive("application/gzip", packed.toByteArray());

        assertThat(outcomes(answer)).containsExactly("/zeros created");
        assertThat(of("/zeros", answer).at("/size").asLong()).isEqualTo(size);
    }

    // --- Interruptions

    @Test
    void keepsWhatItHasAcknowledgedAndNothingHalfWhenTheConnectionIsCut() throws IOException {
        byte[] tar =
                new Tar().file("a.txt", "one").file("b.bin", new byte[900_000]).unfinished();
        try (Connection connection = new Connection(port())) {
            connection.post(bulk() + "?sidecars=none", TAR, Objects.requireNonNull(owner().token()));
            connection.send(Arrays.copyOf(tar, 400_000));
            assertThat(connection.until("\"size\":3}"))
                    .contains("\"path\":\"/a.txt\"")
                    .contains("created");
            connection.cut();
        }

        assertThat(paths("file")).containsExactly("/a.txt");
        await().untilAsserted(() -> assertThat(staged()).isEmpty());
        assertThat(paths("file")).containsExactly("/a.txt");
        assertThat(outcomes(archive(
                        TAR,
                        new Tar()
                                .file("a.txt", "one")
                                .file("b.bin", new byte[900_000])
                                .bytes())))
                .containsExactlyInAnyOrder("/a.txt skipped", "/b.bin created");
    }

    @Test
    void saysThatItIsAtWorkBeforeAnItemIsDurableAndAfter() throws IOException {
        byte[] line = bytes("{\"path\": \"/a\", \"base64\": \"\"}\n");
        try (Connection connection = new Connection(port())) {
            connection.post(bulk(), LINES, Objects.requireNonNull(owner().token()));
            connection.send(Arrays.copyOf(line, 9));
            assertThat(connection.until("\r\n \r\n")).startsWith("HTTP/1.1 200");

            connection.send(Arrays.copyOfRange(line, 9, line.length));
            assertThat(connection.until("\n\r\n")).contains("\"path\":\"/a\"");
            connection.until("\r\n \r\n");
        }
    }

    @Test
    void givesUpWhoSendsNothingAnyMore() throws IOException {
        try (Connection connection = new Connection(port())) {
            connection.post(bulk(), LINES, Objects.requireNonNull(owner().token()));
            connection.send(bytes("{\"path\": \"/a\", \"base64\": \"\"}\n"));

            assertThat(connection.until("\"problem\""))
                    .contains("\"path\":\"/a\"")
                    .contains("\"totals\"");
            assertThat(connection.until("}")).contains("request-timeout");
        }
    }

    @Test
    void saysWhatIsThereAndWhatHasToBeSent() {
        owner().upload(datasetId, "/a.txt", "one");
        owner().upload(newDataset(), "/elsewhere.txt", "known");
        String one = "{\"path\": \"/%s\", \"sha256\": \"%s\", \"size\": 3}";

        List<JsonNode> answer = check(
                one.formatted("a.txt", sha256(bytes("one"))),
                one.formatted("b.txt", sha256(bytes("one"))),
                one.formatted("a.txt", sha256(bytes("known"))),
                one.formatted("c.txt", sha256(bytes("nobody has it"))),
                "{\"path\": \"/d\"}");

        assertThat(answer.stream()
                        .map(line -> line.at("/path").asString() + " "
                                + line.at("/state").asString()))
                .containsExactly("/a.txt there", "/b.txt known", "/a.txt known", "/c.txt missing", "/d ");
        assertThat(answer.get(0).at("/id").asString())
                .isEqualTo(answer.get(2).at("/id").asString());
        assertThat(answer.get(4).at("/problem/errors/0/field").asString()).isEqualTo("sha256");
    }

    // --- How it is asked

    private String bulk() {
        return "/api/v1/datasets/" + datasetId + "/items/bulk";
    }

    private List<JsonNode> lines(String mode, String... lines) {
        return answerTo(owner().send(
                        "POST", bulk() + "?mode=" + mode, LINES, BodyPublishers.ofString(String.join("\n", lines))));
    }

    private List<JsonNode> archive(String type, byte[] bytes, String... headers) {
        return answerTo(owner().send("POST", bulk(), type, BodyPublishers.ofByteArray(bytes), headers));
    }

    private List<JsonNode> check(String... lines) {
        return answerTo(
                owner().send("POST", bulk() + "/check", LINES, BodyPublishers.ofString(String.join("\n", lines))));
    }

    private static List<JsonNode> answerTo(Reply reply) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.header("content-type")).isEqualTo(LINES);
        return reply.text().lines().map(line -> (JsonNode) JSON.readTree(line)).toList();
    }

    private static JsonNode last(List<JsonNode> answer) {
        return answer.get(answer.size() - 1);
    }

    private static String totals(List<JsonNode> answer) {
        return last(answer).at("/totals").toString();
    }

    private static JsonNode of(String path, List<JsonNode> answer) {
        return answer.stream()
                .filter(line -> line.at("/path").asString().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError(path + " is not in " + answer));
    }

    private static List<String> outcomes(List<JsonNode> answer) {
        return answer.stream()
                .filter(line -> line.has("path"))
                .map(line -> line.at("/path").asString() + " "
                        + line.at("/outcome").asString()
                        + (line.has("problem")
                                ? ": " + line.at("/problem/errors/0/field").asString()
                                : ""))
                .toList();
    }

    private List<String> paths(String type) {
        return stored(datasetId).stream()
                .filter(document -> type.equals(document.getString("type")))
                .map(document -> document.getString("filename"))
                .sorted()
                .toList();
    }

    private List<JsonNode> annotationsOf(String itemId) {
        List<JsonNode> all = new ArrayList<>();
        owner().get("/api/v1/items/" + itemId + "/annotations").json().forEach(all::add);
        return all;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(bytes(text));
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        }
        return packed.toByteArray();
    }
}
