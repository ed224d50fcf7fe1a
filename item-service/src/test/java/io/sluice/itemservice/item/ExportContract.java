package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.itemservice.testing.Form;
import io.sluice.itemservice.testing.Pictures;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Everything that matches, in one answer or in files (contract core §4.10, §4.11), and links (§6.5). */
abstract class ExportContract extends RunningItemService {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final JsonMapper JSON = new JsonMapper();
    private static final String NDJSON = "application/x-ndjson";

    /** What the database sends together fails together, before anything of it is sent on. */
    private static final int READ_AT_ONCE = 500;

    @Autowired
    private Exports exports;

    private static final Map<String, Object> FILES = Map.of("filter", Map.of("type", "file", "hidden", false));

    @Test
    void answersAllFilesAtOnce() {
        String datasetId = newDataset();
        List<String> ids = filled(datasetId, 130);

        Reply json = owner().get(all(datasetId));
        Reply lines = owner().get(all(datasetId), "Accept", NDJSON);
        Reply csv = owner().get(all(datasetId), "Accept", "text/csv");
        Reply xml = owner().get(all(datasetId), "Accept", "application/xml");

        assertThat(json.status()).isEqualTo(200);
        assertThat(idsOf(json.json())).isEqualTo(ids);
        assertThat(json.at("/0"))
                .isEqualTo(owner().get("/api/v1/items/" + ids.get(0)).json());
        assertThat(lines.header("content-type")).isEqualTo(NDJSON);
        assertThat(lines.text().lines().map(JSON::readTree)).containsExactlyElementsOf(json.json());
        List<String> rows = csv.text().lines().toList();
        assertThat(rows).hasSize(131);
        assertThat(rows.get(0))
                .startsWith("id,datasetId,type,filename,")
                .endsWith(",annotations,srcItem,srcDataset,metadata");
        assertThat(rows.get(1)).startsWith(ids.get(0) + "," + datasetId + ",file,/n/0.txt,");
        assertThat(xml.text())
                .startsWith("<?xml")
                .contains("<filename>/n/129.txt</filename>")
                .endsWith("</json>");
    }

    @Test
    void answersEverythingThatAQueryFinds() {
        String datasetId = newDataset();
        List<String> ids = filled(datasetId, 5);
        Map<String, Object> some = Map.of(
                "filter",
                Map.of("metadata.user.number", Map.of("$gt", 1)),
                "sort",
                Map.of("createdAt", "descending"),
                "page",
                7,
                "pageSize",
                1);

        Reply found = owner().post(allFound(datasetId), some, "Accept", NDJSON);
        Reply nothing = owner().post(allFound(datasetId), Map.of("filter", Map.of("name", "none")));

        List<String> expected = new ArrayList<>(ids.subList(2, 5));
        Collections.reverse(expected);
        assertThat(found.text()
                        .lines()
                        .map(line -> JSON.readTree(line).path("id").asString()))
                .containsExactlyElementsOf(expected);
        assertThat(nothing.text()).isEqualTo("[]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            true  ; {"sort":{"name":"ascending"}}    ; 422 ; sort.name
            true  ; {"delete":true}                  ; 422 ; all
            true  ; {"update":{"description":"x"}}   ; 422 ; all
            true  ; {"resource":"tasks"}             ; 422 ; resource
            true  ; {"filter":{"$where":"1"}}        ; 422 ; filter.$where
            yes   ; {}                               ; 400 ; all
            """)
    void refusesWhatCannotBeAnsweredAtOnce(String all, String query, int status, String field) {
        String datasetId = newDataset();
        Reply reply = owner().post("/api/v1/datasets/" + datasetId + "/query?all=" + all, query, "Accept", NDJSON);

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.field()).isEqualTo(field);
        assertThat(reply.header("content-type")).isEqualTo("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", NDJSON, "text/csv"})
    void neverLooksCompleteWhenItFailsOnTheWay(String form) {
        String datasetId = newDataset();
        filled(datasetId, 1);
        Document file = stored(datasetId).stream()
                .filter(item -> item.getString("type").equals("file"))
                .findFirst()
                .orElseThrow();
        for (int number = 0; number < READ_AT_ONCE; number++) {
            insert("items", new Document(file).append("_id", new ObjectId()).append("filename", "/" + number));
        }
        insert(
                "items",
                new Document("datasetId", new ObjectId(datasetId))
                        .append("type", "file")
                        .append("filename", "/broken")
                        .append("hidden", false));

        assertThatThrownBy(() -> owner().get(all(datasetId), "Accept", form)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void answersAnItemThatIsLargerThanABuffer() {
        String datasetId = newDataset();
        String itemId = filled(datasetId, 2).get(0);
        String text = "é,[{\"".repeat(50_000);
        owner().patch("/api/v1/items/" + itemId, Map.of("metadata", Map.of("user", Map.of("t", text))));

        JsonNode json = owner().get(all(datasetId)).json();
        Reply lines = owner().get(all(datasetId), "Accept", NDJSON);

        assertThat(json.at("/0/metadata/user/t").asString()).isEqualTo(text);
        assertThat(lines.text().lines().map(JSON::readTree)).containsExactlyElementsOf(json);
    }

    @Test
    void answersAllToMembersOnly() {
        String datasetId = newDataset();

        assertThat(nobody().get(all(datasetId)).status()).isEqualTo(401);
        assertThat(as("stranger").get(all(datasetId)).status()).isEqualTo(404);
        assertThat(as("annotator").post(allFound(datasetId), FILES).status()).isEqualTo(200);
    }

    @Test
    void exportsAnArrayOfItemsIntoAHiddenItem() {
        String datasetId = newDataset();
        List<String> ids = filled(datasetId, 3);
        Map<String, Object> query = Map.of(
                "filter",
                Map.of(
                        "$and",
                        List.of(
                                Map.of("hidden", false),
                                Map.of("type", "file"),
                                Map.of("id", Map.of("$gte", ids.get(1))))),
                "page",
                3,
                "pageSize",
                1,
                "resource",
                "items",
                "join",
                Map.of());

        Reply command = export(
                datasetId,
                Map.of(
                        "exportType",
                        "json",
                        "itemsQuery",
                        query,
                        "itemsVectorQuery",
                        Map.of(),
                        "annotations",
                        Map.of("include", true)));

        assertThat(command.status()).isEqualTo(200);
        assertThat(command.at("/type").asString()).isEqualTo("ExportDatasetAsJson");
        assertThat(command.at("/status").asString()).isEqualTo("success");
        assertThat(command.at("/spec/itemsCount").asInt()).isEqualTo(2);
        JsonNode file = output(command);
        assertThat(file.path("hidden").asBoolean()).isTrue();
        assertThat(file.path("filename").asString()).isEqualTo("/.dataloop/exports/" + command.id() + ".json");
        Reply bytes = stream(file);
        assertThat(file.at("/metadata/system/size").asInt()).isEqualTo(bytes.bytes().length);
        assertThat(idsOf(bytes.json())).isEqualTo(ids.subList(1, 3));
        ObjectNode expected =
                (ObjectNode) owner().get("/api/v1/items/" + ids.get(1)).json();
        expected.putArray("annotations");
        assertThat(bytes.at("/0")).isEqualTo(expected);
    }

    @Test
    void exportsAddressesOfAnnotationsWhereTheyAreNotIncluded() {
        String datasetId = newDataset();
        List<String> ids = filled(datasetId, 1);

        Reply command = export(datasetId, Map.of("exportType", "json", "annotations", Map.of("include", false)));

        assertThat(stream(output(command)).at("/0"))
                .isEqualTo(owner().get("/api/v1/items/" + ids.get(0)).json());
    }

    @ParameterizedTest
    @CsvSource({
        "V1, n/0.json, n/ü/1.json, plain.json, n/0.png.json",
        "V2, n/0.jpg.json, n/ü/1.txt.json, plain.json, n/0.png.json"
    })
    void exportsAZipOfOneFileForEachItem(String version, String first, String second, String third, String fourth)
            throws IOException {
        String datasetId = newDataset();
        for (String path : List.of("/n/0.jpg", "/n/ü/1.txt", "/plain", "/n/0.png")) {
            owner().upload(datasetId, path, path);
        }

        JsonNode file =
                output(export(datasetId, Map.of("exportVersion", version, "annotations", Map.of("include", true))));

        byte[] zip = stream(file).bytes();
        assertThat(file.path("name").asString()).endsWith(".zip");
        assertThat(file.at("/metadata/system/size").asInt()).isEqualTo(zip.length);
        // The flag of the first entry that says UTF-8.
        assertThat(zip[7] & 0x08).isEqualTo(0x08);
        Map<String, JsonNode> entries = unzipped(zip);
        assertThat(entries).containsOnlyKeys(first, second, third, fourth);
        JsonNode entry = Objects.requireNonNull(entries.get(second));
        assertThat(entry.path("filename").asString()).isEqualTo("/n/ü/1.txt");
        assertThat(entry.path("annotations").isArray()).isTrue();
    }

    @Test
    void exportsNothingAsAnEmptyFile() throws IOException {
        String datasetId = newDataset();

        assertThat(stream(output(export(datasetId, Map.of("exportType", "json"))))
                        .text())
                .isEqualTo("[]");
        assertThat(unzipped(stream(output(export(datasetId, Map.of("exportType", "zip"))))
                        .bytes()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            /export    ; {"exportType":"xml"}                           ; 400 ; exportType
            /export    ; {"exportVersion":"V9"}                         ; 400 ; exportVersion
            /export    ; {"itemsQuery":7}                               ; 400 ; itemsQuery
            /export    ; {"itemsQuery":{"filter":{"a":{"$bad":1}}}}     ; 422 ; filter.a.$bad
            /export    ; {"datasetLock":1}                              ; 400 ; datasetLock
            /export    ; {"datasetLock":true,"lockTimeoutSec":0}        ; 400 ; lockTimeoutSec
            /export/v3 ; {"mode":"diff"}                                ; 400 ; fromVersion
            /export/v3 ; {"mode":"diff","fromVersion":0}                ; 400 ; fromVersion
            /export/v3 ; {"mode":"some"}                                ; 400 ; mode
            /export/v3 ; {"format":"csv"}                               ; 400 ; format
            /export/v3 ; {"partitionCount":1001}                        ; 400 ; partitionCount
            """)
    void refusesAnExportThatCannotBe(String path, String body, int status, String field) {
        Reply reply = owner().post("/api/v1/datasets/" + newDataset() + path, body);

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.field()).isEqualTo(field);
    }

    @Test
    void exportsToMembersAndLocksForThoseWhoMayChangeTheDataset() {
        String datasetId = newDataset();

        assertThat(as("stranger")
                        .post("/api/v1/datasets/" + datasetId + "/export", Map.of())
                        .status())
                .isEqualTo(404);
        assertThat(as("annotator")
                        .post("/api/v1/datasets/" + datasetId + "/export", Map.of())
                        .status())
                .isEqualTo(200);
        assertThat(as("annotator")
                        .post("/api/v1/datasets/" + datasetId + "/export", Map.of("datasetLock", true))
                        .status())
                .isEqualTo(403);
        assertThat(as("stranger")
                        .post("/api/v1/datasets/" + datasetId + "/export/v3", Map.of())
                        .status())
                .isEqualTo(404);
        assertThat(locksOf(datasetId)).isEmpty();
    }

    @Test
    void locksTheDatasetWhileItIsExported() {
        String datasetId = newDataset();
        filled(datasetId, 2);

        Reply accepted = export(
                datasetId, Map.of("exportType", "json", "datasetLock", true, "lockTimeoutSec", 120, "summary", true));
        Reply refused = owner().upload(datasetId, "skip", Form.of("/late.txt").file("late"));
        Reply ended = ended(accepted);

        assertThat(accepted.status()).isEqualTo(202);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(ended.at("/status").asString()).isEqualTo("success");
        assertThat(stream(output(ended)).json()).hasSize(2);
        assertThat(locksOf(datasetId)).containsExactly("120");
        assertThat(isLocked(datasetId)).isFalse();
        assertThat(owner().upload(datasetId, "skip", Form.of("/late.txt").file("late"))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void endsCleanlyWhenTheDatasetIsGone() {
        String datasetId = newDataset();
        filled(datasetId, 1);
        service().delete("/internal/datasets/" + datasetId);

        Reply failed = ended(export(
                datasetId, Map.of("exportType", "json", "itemsQuery", Map.of("filter", Map.of("type", "file")))));

        assertThat(failed.at("/status").asString()).isEqualTo("failed");
        assertThat(failed.at("/error").asString()).isEqualTo("No dataset " + datasetId);
        assertThat(stored(datasetId)).isEmpty();
        assertThat(staged()).isEmpty();
    }

    @Test
    void tellsWhichExportsThereWere() {
        String datasetId = newDataset();
        filled(datasetId, 1);
        Reply export = ended(export(datasetId, Map.of("exportType", "json")));
        Map<String, Object> query = Map.of("datasetId", datasetId, "projects", List.of(), "sortOrder", "desc");

        JsonNode records =
                owner().post("/api/v1/datasets/exports", query).json().path("records");

        assertThat(records).hasSize(1);
        assertThat(records.at("/0/id").asString()).isEqualTo(export.id());
        assertThat(records.at("/0/status").asString()).isEqualTo("success");
        assertThat(as("stranger").post("/api/v1/datasets/exports", query).status())
                .isEqualTo(404);
        assertThat(owner().post("/api/v1/datasets/exports", Map.of()).field()).isEqualTo("datasetId");
    }

    @Test
    void forgetsOldExports() {
        String datasetId = newDataset();
        filled(datasetId, 1);
        JsonNode old = output(export(datasetId, Map.of("exportType", "json")));
        String parts = exportInParts(datasetId, Map.of()).id();
        JsonNode recent = output(export(datasetId, Map.of("exportType", "zip")));
        for (String exportId : List.of(old.path("name").asString().replace(".json", ""), parts)) {
            set("exports", exportId, "expiresAt", new Date(0));
        }

        exports.sweep().block(PATIENCE);

        assertThat(owner().get("/api/v1/items/" + old.path("id").asString()).status())
                .isEqualTo(404);
        assertThat(owner().get(manifest(datasetId, parts)).status()).isEqualTo(404);
        assertThat(stored(datasetId))
                .extracting(document -> document.getString("filename"))
                .containsExactlyInAnyOrder(
                        "/n",
                        "/n/0.txt",
                        "/.dataloop",
                        "/.dataloop/exports",
                        recent.path("filename").asString());
    }

    @Test
    void exportsIntoPartsThatAManifestNames() throws Exception {
        String datasetId = newDataset();
        List<String> ids = filled(datasetId, 5);

        Reply command = exportInParts(
                datasetId, Map.of("mode", "full", "format", "ndjson", "force", false, "partitionCount", 3));
        JsonNode result = command.at("/spec/exportResult");
        Reply manifest = owner().get(manifest(datasetId, command.id()));

        assertThat(result.path("totalRecords").asInt()).isEqualTo(5);
        assertThat(result.path("manifestUrl").asString()).endsWith(manifest(datasetId, command.id()));
        assertThat(manifest.at("/exportId").asString()).isEqualTo(command.id());
        assertThat(manifest.at("/statistics/totalRecords").asInt()).isEqualTo(5);
        assertThat(manifest.at("/partitioning/partitionCount").asInt()).isEqualTo(3);
        assertThat(manifest.at("/partitions")).hasSize(3);
        assertThat(exported(manifest).stream().map(item -> item.path("id").asString()))
                .containsExactlyElementsOf(ids);
        assertThat(as("stranger").get(manifest(datasetId, command.id())).status())
                .isEqualTo(404);
        assertThat(owner().get(manifest(datasetId, "nothing")).status()).isEqualTo(404);
    }

    @Test
    void exportsWhatWasMadeOrChangedSinceAVersion() throws Exception {
        String datasetId = newDataset();
        List<String> ids = filled(datasetId, 4);
        owner().upload(datasetId, "/moved/deep/x.txt", "x");
        long version = exportInParts(datasetId, Map.of())
                .at("/spec/exportResult/toVersion")
                .asLong();
        Map<String, String> idsByPath = new TreeMap<>();
        for (Document item : stored(datasetId)) {
            String id = item.getObjectId("_id").toHexString();
            idsByPath.put(item.getString("filename"), id);
            set(
                    "items",
                    id,
                    "updatedAt",
                    Date.from(Instant.ofEpochMilli(version).minus(Duration.ofHours(1))));
        }

        owner().patch("/api/v1/items/" + ids.get(1), Map.of("metadata", Map.of("user", Map.of("colour", "red"))));
        owner().post(
                        "/api/v1/items/" + ids.get(2) + "/annotations",
                        List.of(Map.of("type", "class", "label", "shell", "coordinates", Map.of())));
        owner().delete("/api/v1/items/" + ids.get(3));
        owner().patch("/api/v1/items/" + idsByPath.get("/moved"), Map.of("filename", "/shells"));
        owner().upload(datasetId, "/new.txt", "new");
        Reply changes = exportInParts(datasetId, Map.of("mode", "diff", "fromVersion", version));
        Reply manifest = owner().get(manifest(datasetId, changes.id()));

        assertThat(exported(manifest).stream().map(item -> item.path("filename").asString()))
                .containsExactlyInAnyOrder("/n/1.txt", "/n/2.txt", "/shells/deep/x.txt", "/new.txt");
        for (JsonNode told : List.of(manifest.json(), changes.at("/spec/exportResult"))) {
            assertThat(told.path("mode").asString()).isEqualTo("diff");
            assertThat(told.path("fromVersion").asLong()).isEqualTo(version);
            assertThat(told.path("toVersion").asLong()).isGreaterThanOrEqualTo(version);
        }
    }

    @Test
    void hasNoManifestOfNothing() {
        JsonNode result = exportInParts(newDataset(), Map.of()).at("/spec/exportResult");

        assertThat(result.path("manifestUrl").isNull()).isTrue();
        assertThat(result.path("totalRecords").asInt()).isZero();
    }

    @Test
    void sendsTheBytesOfTheItemThatALinkStandsFor() {
        String datasetId = newDataset();
        String target = owner().upload(datasetId, "/target.txt", "the target").id();
        String link = linkTo(datasetId, "/a_link.json", target);
        String toLink = linkTo(datasetId, "/b_link.json", link);
        Reply item = owner().get("/api/v1/items/" + link);

        Reply followed = owner().get(streamOf(link));
        Reply part = owner().get(streamOf(link), "Range", "bytes=4-9");
        Reply itself = owner().get(streamOf(link), "x-dl-sanitize", "0");

        assertThat(item.at("/metadata/system/shebang/linkInfo/ref").asString()).isEqualTo(target);
        assertThat(followed.text()).isEqualTo("the target");
        assertThat(followed.header("vary")).contains("x-dl-sanitize");
        assertThat(part.text()).isEqualTo("target");
        assertThat(itself.bytes()).hasSize(item.at("/metadata/system/size").asInt());
        assertThat(owner().get(streamOf(toLink)).bytes()).isEqualTo(itself.bytes());
    }

    @Test
    void followsNoLinkIntoWhatTheCallerMayNotRead() {
        String datasetId = newDataset();
        owner().upload(datasetId, "/secret.txt", "secret");
        Document secret = stored(datasetId).stream()
                .filter(document -> "/secret.txt".equals(document.getString("filename")))
                .findFirst()
                .orElseThrow();
        String hidden = new ObjectId().toHexString();
        // In a dataset that nobody is a member of.
        insert(
                "items",
                new Document(secret)
                        .append("_id", new ObjectId(hidden))
                        .append("datasetId", new ObjectId("dead" + "0".repeat(20))));
        String own = linkTo(datasetId, "/own_link.json", "0".repeat(24));
        String foreign = linkTo(datasetId, "/foreign_link.json", hidden);
        String itself = linkTo(datasetId, "/self_link.json", "0".repeat(24));
        owner().patch(
                        "/api/v1/items/" + itself + "?system=true",
                        Map.of(
                                "metadata",
                                Map.of("system", Map.of("shebang", Map.of("linkInfo", Map.of("ref", itself))))));

        assertThat(owner().get(streamOf(foreign)).status()).isEqualTo(404);
        assertThat(owner().get(streamOf(own)).status()).isEqualTo(404);
        assertThat(owner().get(streamOf(itself)).text()).contains("linkInfo");
    }

    @Test
    void makesAnEqualDatasetOfAnExport() {
        String datasetId = newDataset();
        owner().upload(
                        datasetId,
                        "skip",
                        Form.of("/ü/one.txt")
                                .field(
                                        "metadata",
                                        "{\"user\":{\"n\":1.50,\"big\":12345678901234567890,\"a.b\":{\"$k\":[null,true]},\"t\":\"\u00e9\"},\"mine\":[],\"system\":{\"tags\":{\"train\":true}}}")
                                .field("description", "The first")
                                .file("first"));
        owner().upload(datasetId, "skip", Form.of("/picture.png").file(Pictures.of("png", BufferedImage.TYPE_INT_RGB)));
        owner().upload(datasetId, "/empty", new byte[0]);
        linkTo(datasetId, "/to_link.json", "0".repeat(24));
        JsonNode exported =
                stream(output(export(datasetId, Map.of("exportType", "json")))).json();
        String copyId = newDataset();

        for (JsonNode item : exported) {
            byte[] bytes = owner().get(streamOf(item.path("id").asString()), "x-dl-sanitize", "0")
                    .bytes();
            Form form = Form.of(item.path("filename").asString())
                    .field("metadata", item.path("metadata").toString());
            if (item.path("description").isString()) {
                form.field("description", item.path("description").asString());
            }
            assertThat(owner().upload(copyId, "skip", form.file(bytes)).status())
                    .isEqualTo(201);
        }

        JsonNode again =
                stream(output(export(copyId, Map.of("exportType", "json")))).json();
        assertThat(compared(again)).isEqualTo(compared(exported));
        assertThat(digests(copyId)).isEqualTo(digests(datasetId)).hasSize(4);
    }

    /** Without ids, times and links. */
    private static List<JsonNode> compared(JsonNode items) {
        List<JsonNode> compared = new ArrayList<>();
        items.forEach(item -> compared.add(((ObjectNode) item.deepCopy())
                .remove(List.of(
                        "id", "datasetId", "createdAt", "updatedAt", "url", "dataset", "stream", "thumbnail"))));
        assertThat(compared).allMatch(item -> item.has("metadata") && item.has("filename"));
        return compared;
    }

    private Map<String, String> digests(String datasetId) {
        Map<String, String> digests = new TreeMap<>();
        stored(datasetId).stream()
                .filter(document -> document.getString("type").equals("file") && !document.getBoolean("hidden"))
                .forEach(document -> digests.put(
                        document.getString("filename"),
                        document.get("content", Document.class).getString("sha256")));
        return digests;
    }

    private String linkTo(String datasetId, String path, String target) {
        String link = "{\"type\":\"link\",\"shebang\":\"dataloop\",\"metadata\":{\"dltype\":\"link\","
                + "\"linkInfo\":{\"type\":\"id\",\"ref\":\"" + target + "\",\"mimetype\":\"text/plain\"}}}";
        return owner().upload(datasetId, path, link).id();
    }

    private Reply export(String datasetId, Map<String, Object> body) {
        return owner().post("/api/v1/datasets/" + datasetId + "/export", body);
    }

    private Reply exportInParts(String datasetId, Map<String, Object> body) {
        Reply command = owner().post("/api/v1/datasets/" + datasetId + "/export/v3", body);
        assertThat(command.at("/status").asString()).as(command.toString()).isEqualTo("success");
        return command;
    }

    private List<JsonNode> exported(Reply manifest) throws Exception {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode file : manifest.at("/files")) {
            byte[] packed = owner().get(URI.create(file.path("path").asString()).getPath())
                    .bytes();
            assertThat(packed).hasSize(file.path("size").asInt());
            assertThat(Base64.getEncoder()
                            .encodeToString(MessageDigest.getInstance("MD5").digest(packed)))
                    .isEqualTo(file.path("checksum").asString());
            assertThat(file.path("filename").asString()).endsWith(".ndjson.gz");
            new String(new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(JSON::readTree)
                    .forEach(found::add);
        }
        return found;
    }

    private static String manifest(String datasetId, String exportId) {
        return "/api/v1/datasets/" + datasetId + "/exports/" + exportId + "/manifest";
    }

    private Reply ended(Reply command) {
        return await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> owner().get("/api/v1/commands/" + command.id()),
                        now -> !List.of("created", "in-progress")
                                .contains(now.at("/status").asString()));
    }

    private JsonNode output(Reply command) {
        return owner().get("/api/v1/items/" + command.at("/spec/outputItemId").asString())
                .json();
    }

    private Reply stream(JsonNode item) {
        return owner().get(streamOf(item.path("id").asString()));
    }

    private static String streamOf(String itemId) {
        return "/api/v1/items/" + itemId + "/stream";
    }

    private static Map<String, JsonNode> unzipped(byte[] bytes) throws IOException {
        Map<String, JsonNode> entries = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), JSON.readTree(zip.readAllBytes()));
            }
        }
        return entries;
    }

    private static String all(String datasetId) {
        return "/api/v1/datasets/" + datasetId + "/items?all=true";
    }

    private static String allFound(String datasetId) {
        return "/api/v1/datasets/" + datasetId + "/query?all=true";
    }

    private static List<String> idsOf(JsonNode items) {
        List<String> ids = new ArrayList<>();
        items.forEach(item -> ids.add(item.path("id").asString()));
        return ids;
    }

    /** The ids of the files, in the order of their creation. */
    private List<String> filled(String datasetId, int count) {
        List<String> ids = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            Form form = Form.of("/n/" + number + ".txt")
                    .field("metadata", "{\"user\":{\"number\":" + number + "}}")
                    .field("description", "Number " + number)
                    .file("n" + number);
            ids.add(owner().upload(datasetId, "skip", form).id());
        }
        return ids;
    }
}
