package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.testing.Form;
import io.sluice.itemservice.testing.ReadsSeen;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One item by its id: get, change, move, delete. */
@Import(ReadsSeen.class)
abstract class ItemContract extends RunningItemService {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String JSON_PATCH = "application/json-patch+json";

    private final String datasetId = newDataset();

    @Autowired
    private Items items;

    @Autowired
    private DirectoryMove directoryMove;

    @Autowired
    private ReadsSeen reads;

    // --- Get

    @ParameterizedTest
    @ValueSource(strings = {"6b0183990000000000001003", "some_id", "6B0183990000000000001003", "%20", "$where", "0"})
    void knowsNoItemOfAnUnknownOrMalformedId(String itemId) {
        Reply reply = owner().get("/api/v1/items/" + itemId);

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.at("/message").asString()).isNotBlank();
    }

    @Test
    void answersNotModifiedUntilTheItemChanges() {
        String path = "/api/v1/items/" + file("/a.txt");
        String etag = Objects.requireNonNull(owner().get(path).header("etag"));

        assertThat(etag).startsWith("\"");
        assertThat(owner().get(path).header("cache-control"))
                .contains("no-cache")
                .contains("private");
        Reply unchanged = owner().get(path, "If-None-Match", etag);
        assertThat(unchanged.status()).isEqualTo(304);
        assertThat(unchanged.bytes()).isEmpty();
        assertThat(unchanged.header("etag")).isEqualTo(etag);

        owner().patch(path, Map.of("description", "new"));

        Reply changed = owner().get(path, "If-None-Match", etag);
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.header("etag")).isNotEqualTo(etag);
    }

    /** Who has the item is told so by its version; what it holds stays in the database. */
    @Test
    void readsNothingOfAnItemThatTheClientHas() {
        String itemId = file("/a.txt");
        String path = "/api/v1/items/" + itemId;
        String etag = Objects.requireNonNull(owner().get(path).header("etag"));

        for (String known : List.of(etag, "W/" + etag, "*", "\"x\", " + etag)) {
            reads.forget();
            assertThat(owner().get(path, "If-None-Match", known).status()).isEqualTo(304);
            assertThat(reads.fieldsOf(itemId)).containsExactly(Set.of("version", "datasetId"));
        }
        reads.forget();
        assertThat(owner().get(path, "If-None-Match", "\"x\"").status()).isEqualTo(200);
        assertThat(reads.fieldsOf(itemId)).containsExactly(Set.of("version", "datasetId"), Set.of());
    }

    @Test
    void tellsWhoGuessesAVersionNothing() {
        String path = "/api/v1/items/" + file("/a.txt");
        String etag = Objects.requireNonNull(owner().get(path).header("etag"));

        for (String known : List.of(etag, "*", "\"x\"")) {
            Reply hidden = as("stranger").get(path, "If-None-Match", known);
            assertThat(hidden.status()).isEqualTo(404);
            assertThat(hidden.header("etag")).isNull();
            assertThat(hidden.header("cache-control")).isEqualTo("no-store");
            assertThat(owner().get("/api/v1/items/" + newDataset(), "If-None-Match", known)
                            .status())
                    .isEqualTo(404);
        }
    }

    // --- Change: contract core §5.3 and appendix A

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                {"a":1}                   | {"b":2}                 | {"a":1,"b":2}
                {"a":1,"b":2}             | {"b":null}              | {"a":1}
                {"l":[1,2]}               | {"l":[1,2,3]}           | {"l":[1,2,3]}
                {"l":[1,2,3]}             | {"l":[1]}               | {"l":[1]}
                {"l":[1]}                 | {"l":[]}                | {"l":[]}
                {"l":[{"x":1},{"x":2}]}   | {"l":[{"x":1},{"x":9}]} | {"l":[{"x":1},{"x":9}]}
                {"l":[1]}                 | {"l":"s"}               | {"l":"s"}
                {"l":[1]}                 | {"l":{"k":1}}           | {"l":{"k":1}}
                {"o":{"k":1}}             | {"o":[1]}               | {"o":[1]}
                {}                        | {"p":{"q":{"r":1}}}     | {"p":{"q":{"r":1}}}
                {"p":{"q":1,"s":2}}       | {"p":{"q":null}}        | {"p":{"s":2}}
                {"p":{"q":1}}             | {"p":{"q":{"r":null}}}  | {"p":{"q":{}}}
                {"a":1}                   | {"a":null}              | {}
                {"a":1}                   | {"zz":null}             | {"a":1}
                {"a.b":1,"a":{"b":2}}     | {"a.b":3}               | {"a.b":3,"a":{"b":2}}
                {"$set":1,"a":{"$inc":2}} | {"$set":{"x.y":null}}   | {"$set":{},"a":{"$inc":2}}
                {"~":1,"~0":2,"~1":3}     | {"~1":4}                | {"~":1,"~0":2,"~1":4}
                {"":1}                    | {"":2,"_id":3}          | {"":2,"_id":3}
                {"i":1}                   | {"i":2147483648}        | {"i":2147483648}
                {"i":1}                   | {"i":9223372036854775808123456} | {"i":9223372036854775808123456}
                {"i":1}                   | {"i":1.0}               | {"i":1.0}
                {"f":0.1}                 | {"f":1.5e-7}            | {"f":1.5E-7}
                {"b":true}                | {"b":false}             | {"b":false}
                {"t":"a"}                 | {"t":"\\u0000\\n\uD83D\uDC11"} | {"t":"\\u0000\\n\uD83D\uDC11"}
                """)
    void mergesAChangeIntoTheMetadata(String before, String change, String after) {
        String itemId = file("/a.txt", before);

        Reply reply = owner().patch("/api/v1/items/" + itemId, "{\"metadata\":{\"user\":" + change + "}}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/metadata/user").toString())
                .isEqualTo(JSON.readTree(after).toString());
        assertThat(owner().get("/api/v1/items/" + itemId).json()).isEqualTo(reply.json());
    }

    @Test
    void removesTheWholeUserSpaceAndAnyOther() {
        String itemId = owner().upload(
                        datasetId,
                        "skip",
                        Form.of("/a.txt")
                                .field("metadata", "{\"user\":{\"k\":1},\"fps\":25,\"foo\":{\"a\":1}}")
                                .file("x"))
                .id();

        Reply reply = owner().patch(
                        "/api/v1/items/" + itemId, "{\"metadata\":{\"user\":null,\"fps\":null,\"foo\":{\"b\":2}}}");

        assertThat(reply.at("/metadata").has("user")).isFalse();
        assertThat(reply.at("/metadata").has("fps")).isFalse();
        assertThat(reply.at("/metadata/foo").toString()).isEqualTo("{\"a\":1,\"b\":2}");
        assertThat(reply.at("/metadata/system/size").asInt()).isEqualTo(1);
    }

    @Test
    void changesSystemMetadataOnlyWhenAsked() {
        String path = "/api/v1/items/" + file("/a.txt");
        String change = "{\"metadata\":{\"system\":{\"tags\":{\"train\":true},\"size\":99,\"mimetype\":\"x/y\"}}}";

        Reply ignored = owner().patch(path, change);
        Reply changed = owner().patch(path + "?system=true", change);
        Reply removed = owner().patch(
                        path + "?system=true",
                        "{\"metadata\":{\"system\":{\"tags\":{\"train\":null,\"test\":true},\"mimetype\":null}}}");

        assertThat(ignored.status()).isEqualTo(200);
        assertThat(ignored.at("/metadata/system").has("tags")).isFalse();
        assertThat(changed.at("/metadata/system/tags").toString()).isEqualTo("{\"train\":true}");
        assertThat(changed.at("/metadata/system/size").asInt()).isEqualTo(1);
        assertThat(removed.at("/metadata/system/tags").toString()).isEqualTo("{\"test\":true}");
        assertThat(removed.at("/metadata/system").has("mimetype")).isFalse();
        assertThat(owner().patch(path + "?system=true", "{\"metadata\":{\"system\":null}}")
                        .at("/metadata/system/size")
                        .asInt())
                .isEqualTo(1);
    }

    /** The SDK sends back what it was not given, and null for it (contract core §5.3). */
    @Test
    void ignoresWhatCannotBeChanged() {
        String itemId = file("/a.txt");
        JsonNode before = owner().get("/api/v1/items/" + itemId).json();

        Reply reply = owner().patch("/api/v1/items/" + itemId, """
                {"updatedBy": null, "filename": null, "name": null, "stream": null, "id": "x", "type": "dir",
                 "dir": "/elsewhere", "hidden": true, "annotated": true, "creator": "me", "newField": 1,
                 "metadata": null, "createdAt": null, "datasetId": "y", "annotationsCount": 5}""");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().propertyNames()).isEqualTo(before.propertyNames());
        for (String field : List.of(
                "id",
                "filename",
                "name",
                "dir",
                "type",
                "hidden",
                "annotated",
                "creator",
                "createdAt",
                "datasetId",
                "annotationsCount",
                "metadata",
                "description")) {
            assertThat(reply.json().path(field)).as(field).isEqualTo(before.path(field));
        }
    }

    @Test
    void setsAndClearsTheDescription() {
        String path = "/api/v1/items/" + file("/a.txt");

        assertThat(owner().patch(path, Map.of("description", "grün\n"))
                        .at("/description")
                        .asString())
                .isEqualTo("grün\n");
        assertThat(owner().patch(path, Map.of("metadata", Map.of()))
                        .at("/description")
                        .asString())
                .isEqualTo("grün\n");
        assertThat(owner().patch(path, "{\"description\":\"\"}")
                        .at("/description")
                        .isNull())
                .isTrue();
        owner().patch(path, Map.of("description", "again"));
        assertThat(owner().patch(path, "{\"description\":null}")
                        .at("/description")
                        .isNull())
                .isTrue();
    }

    @Test
    void saysWhoChangedAnItem() {
        String itemId = file("/a.txt");

        Reply reply = as("annotationmanager").patch("/api/v1/items/" + itemId, Map.of("description", "new"));

        assertThat(reply.at("/updatedBy").asString()).isEqualTo("annotationmanager@example.org");
        assertThat(reply.at("/creator").asString()).isEqualTo("owner@example.org");
        assertThat(reply.at("/updatedAt").asString())
                .isGreaterThan(reply.at("/createdAt").asString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                []                                             | ''
                {"metadata":                                   | ''
                {"metadata":[]}                                | metadata
                {"metadata":"x"}                               | metadata
                {"metadata":{"user":"x"}}                      | metadata.user
                {"metadata":{"user":{"a\\u0000":1}}}           | metadata.user
                {"metadata":{"user":{"n":1e999}}}              | metadata.user.n
                {"metadata":{"user":{"t":["\\udc00"]}}}        | metadata.user.t
                {"description":1}                              | description
                {"filename":1}                                 | filename
                {"filename":"/a/../b"}                         | filename
                {"filename":"/"}                               | filename
                {"filename":"/x/"}                             | filename
                {"filename":""}                                | filename
                {"filename":"/a\\u0000b"}                      | filename
                {"filename":"/a\\\\b"}                         | filename
                {"filename":"/\\ud800"}                        | filename
                """)
    void refusesAChangeThatCannotBe(String change, String field) {
        String path = "/api/v1/items/" + file("/a.txt");
        JsonNode before = owner().get(path).json();

        Reply reply = owner().patch(path, change);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.at("/message").asString()).isNotBlank();
        if (!field.isEmpty()) {
            assertThat(reply.field()).isEqualTo(field);
        }
        assertThat(owner().get(path).json()).isEqualTo(before);
    }

    @Test
    void refusesAChangeThatIsTooLargeOrTooDeep() {
        String path = "/api/v1/items/" + file("/a.txt");
        String large = "x".repeat(6 * 1024 * 1024);

        assertThat(owner().patch(path, "{\"metadata\":{\"user\":" + "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_002))
                        .status())
                .isEqualTo(400);
        assertThat(owner().patch(path, "\"" + "x".repeat(9 * 1024 * 1024) + "\"")
                        .status())
                .isEqualTo(413);
        assertThat(owner().patch(path, Map.of("description", "x".repeat(70_000)))
                        .field())
                .isEqualTo("description");
        assertThat(owner().patch(path, Map.of("metadata", Map.of("user", Map.of("a", large))))
                        .status())
                .isEqualTo(200);
        Reply tooMuch = owner().patch(path, Map.of("metadata", Map.of("user", Map.of("b", large))));
        assertThat(tooMuch.status()).isEqualTo(413);
        assertThat(tooMuch.field()).isEqualTo("metadata");
    }

    @Test
    void refusesAChangeOfAnotherVersion() {
        String path = "/api/v1/items/" + file("/a.txt");
        String first = Objects.requireNonNull(owner().get(path).header("etag"));

        Reply matching = owner().patch(path, Map.of("description", "1"), "If-Match", first);
        Reply stale = owner().patch(path, Map.of("description", "2"), "If-Match", first);

        assertThat(matching.status()).isEqualTo(200);
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.at("/message").asString()).isNotBlank();
        assertThat(owner().get(path).at("/description").asString()).isEqualTo("1");
        assertThat(owner().delete(path, "If-Match", first).status()).isEqualTo(412);
        assertThat(owner().patch(path, Map.of("description", "3"), "If-Match", "*")
                        .status())
                .isEqualTo(200);
        String last = Objects.requireNonNull(owner().get(path).header("etag"));
        assertThat(owner().delete(path, "If-Match", last).status()).isEqualTo(204);
    }

    @Test
    void takesAJsonPatchForTheVersionThatWasRead() {
        String path = "/api/v1/items/" + file("/patched.txt");
        owner().patch(path, "{\"metadata\":{\"user\":{\"tags\":[\"a\",\"b\"],\"n\":1.5,\"old\":{\"k\":1}}}}");
        String tag = Objects.requireNonNull(owner().get(path).header("etag"));
        String patch = """
                [{"op":"add","path":"/metadata/user/tags/1","value":"new"},
                 {"op":"move","from":"/metadata/user/old","path":"/metadata/user/kept"},
                 {"op":"add","path":"/description","value":"by patch"}]""";

        Reply changed = jsonPatch(path, patch, "If-Match", tag);

        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.at("/metadata/user").toString())
                .isEqualTo("{\"tags\":[\"a\",\"new\",\"b\"],\"n\":1.5,\"kept\":{\"k\":1}}");
        assertThat(changed.at("/description").asString()).isEqualTo("by patch");
        assertThat(owner().get(path).at("/metadata")).isEqualTo(changed.at("/metadata"));
        assertThat(jsonPatch(path, patch, "If-Match", tag).status()).isEqualTo(412);
        assertThat(jsonPatch(path, patch).status()).isEqualTo(428);
        assertThat(jsonPatch(path, "[{\"op\":\"test\",\"path\":\"/description\",\"value\":\"other\"}]")
                        .status())
                .isEqualTo(409);
        assertThat(as("annotator")
                        .send("PATCH", path, JSON_PATCH, BodyPublishers.ofString("[]"), "If-Match", "*")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void appliesEachOfManyJsonPatchesThatComeAtOnceToWhatTheOneBeforeItLeft() throws Exception {
        String path = "/api/v1/items/" + file("/counted.txt");
        owner().patch(path, "{\"metadata\":{\"user\":{\"seen\":[]}}}");
        List<Callable<Reply>> patches = IntStream.range(0, 4)
                .mapToObj(number -> (Callable<Reply>) () -> jsonPatch(path, """
                        [{"op":"test","path":"/type","value":"file"},
                         {"op":"add","path":"/metadata/user/seen/-","value":%d}]""".formatted(number)))
                .toList();

        for (Reply reply : atOnce(patches)) {
            assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        }
        assertThat(owner().get(path).at("/metadata/user/seen").valueStream().map(JsonNode::asInt))
                .containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    private Reply jsonPatch(String path, String patch, String... headers) {
        return owner().send("PATCH", path, JSON_PATCH, BodyPublishers.ofString(patch), headers);
    }

    @Test
    void losesNoChangeOfManyThatComeAtOnce() throws Exception {
        String path = "/api/v1/items/" + file("/a.txt");

        List<Reply> replies = atOnce(IntStream.range(0, 20)
                .<Callable<Reply>>mapToObj(number ->
                        () -> owner().patch(path, Map.of("metadata", Map.of("user", Map.of("k" + number, number)))))
                .toList());

        assertThat(replies).allSatisfy(reply -> assertThat(reply.status()).isEqualTo(200));
        assertThat(owner().get(path).at("/metadata/user")).hasSize(20);
    }

    // --- Move

    @Test
    void movesAFile() {
        String itemId = file("/old/a.txt");

        Reply reply = owner().patch("/api/v1/items/" + itemId + "?system=true", Map.of("filename", "/new/er/b.txt"));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.id()).isEqualTo(itemId);
        assertThat(reply.at("/filename").asString()).isEqualTo("/new/er/b.txt");
        assertThat(reply.at("/name").asString()).isEqualTo("b.txt");
        assertThat(reply.at("/dir").asString()).isEqualTo("/new/er");
        assertThat(paths()).containsExactlyInAnyOrder("/old", "/new", "/new/er", "/new/er/b.txt");
        assertThat(owner().patch("/api/v1/items/" + itemId, Map.of("filename", "/new/er/b.txt"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void hidesAFileThatMovesIntoTheServiceArea() {
        String itemId = file("/a.txt");

        assertThat(move(itemId, "/.dataloop/a.txt").at("/hidden").asBoolean()).isTrue();
        assertThat(move(itemId, "/a.txt").at("/hidden").asBoolean()).isFalse();
    }

    @Test
    void movesADirectoryWithAllThatIsInIt() {
        String directory = directory("/a");
        String deep = file("/a/b/c/one.txt");
        file("/a/two.txt");
        file("/ab/three.txt");

        Reply reply = move(directory, "/x/y");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/filename").asString()).isEqualTo("/x/y");
        assertThat(paths())
                .containsExactlyInAnyOrder(
                        "/x", "/x/y", "/x/y/b", "/x/y/b/c", "/x/y/b/c/one.txt", "/x/y/two.txt", "/ab", "/ab/three.txt");
        Reply moved = owner().get("/api/v1/items/" + deep);
        assertThat(moved.at("/filename").asString()).isEqualTo("/x/y/b/c/one.txt");
        assertThat(moved.at("/dir").asString()).isEqualTo("/x/y/b/c");
        assertThat(stored(datasetId)).noneMatch(item -> item.containsKey("movedFrom"));
        assertThat(owner().get("/api/v1/items/" + directory).header("etag")).isEqualTo(reply.header("etag"));
    }

    @Test
    void movesADirectoryWhoseNameLooksLikeAPattern() {
        String directory = directory("/a.*(b)[c]$");
        file("/a.*(b)[c]$/one.txt");
        file("/axxx(b)c/two.txt");

        move(directory, "/d");

        assertThat(paths()).containsExactlyInAnyOrder("/d", "/d/one.txt", "/axxx(b)c", "/axxx(b)c/two.txt");
    }

    @Test
    void refusesAMoveThatCannotBe() {
        String directory = directory("/a");
        String file = file("/a/b/one.txt");
        file("/taken.txt");
        directory("/taken");

        assertThat(move(file, "/taken.txt").status()).isEqualTo(400);
        assertThat(move(file, "/taken").status()).isEqualTo(400);
        assertThat(move(file, "/taken.txt/below").status()).isEqualTo(400);
        assertThat(move(file, "/taken.txt/below").field()).isEqualTo("filename");
        assertThat(move(directory, "/taken").status()).isEqualTo(400);
        assertThat(move(directory, "/taken.txt").status()).isEqualTo(400);
        assertThat(move(directory, "/").status()).isEqualTo(400);
        assertThat(move(directory, "/a/b/c").status()).isEqualTo(400);
        assertThat(move(directory, "/a/b").status()).isEqualTo(400);
        assertThat(move(directory, "/taken.txt/a").status()).isEqualTo(400);
        assertThat(paths()).containsExactlyInAnyOrder("/a", "/a/b", "/a/b/one.txt", "/taken.txt", "/taken");
    }

    @Test
    void movesItemsIntoADirectory() {
        String target = directory("/target");
        String first = file("/a/one.txt");
        String second = file("/two.txt");
        String folder = directory("/folder");
        file("/folder/three.txt");

        Reply reply = moveInto(target, List.of(first, second, folder));

        assertThat(reply.status()).isEqualTo(204);
        assertThat(paths())
                .containsExactlyInAnyOrder(
                        "/a",
                        "/target",
                        "/target/one.txt",
                        "/target/two.txt",
                        "/target/folder",
                        "/target/folder/three.txt");
        assertThat(moveInto(target, List.of(first, second)).status()).isEqualTo(204);
    }

    @Test
    void movesNothingWhenOneOfTheItemsIsUnknown() {
        String target = directory("/target");
        String file = file("/one.txt");
        String elsewhere = owner().upload(newDataset(), "/two.txt", "x").id();

        for (String unknown : List.of(newDataset(), elsewhere, "some_id")) {
            Reply reply = moveInto(target, List.of(file, unknown));

            assertThat(reply.status()).isEqualTo(404);
            assertThat(reply.at("/message").asString()).contains(unknown);
        }
        assertThat(moveInto(newDataset(), List.of(file)).status()).isEqualTo(404);
        assertThat(moveInto(file, List.of(file)).status()).isEqualTo(404);
        assertThat(owner().put("/api/v1/datasets/" + datasetId + "/items/" + target, "[null]")
                        .status())
                .isEqualTo(400);
        assertThat(owner().put("/api/v1/datasets/" + datasetId + "/items/" + target, "{\"a\":1}")
                        .status())
                .isEqualTo(400);
        assertThat(paths()).containsExactlyInAnyOrder("/target", "/one.txt");
    }

    @Test
    void finishesTheMoveOfADirectoryThatWasCutShortWhenItIsRepeated() {
        String directory = directoryOnItsWay("/a", "/b");

        Reply reply = move(directory, "/b");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(paths()).containsExactlyInAnyOrder("/b", "/b/moved.txt", "/b/sub", "/b/sub/left.txt");
        assertThat(stored(datasetId)).noneMatch(item -> item.containsKey("movedFrom"));
    }

    @Test
    void finishesAMoveThatWasCutShortBeforeTheNext() {
        String directory = directoryOnItsWay("/a", "/b");

        move(directory, "/c");

        assertThat(paths()).containsExactlyInAnyOrder("/c", "/c/moved.txt", "/c/sub", "/c/sub/left.txt");
    }

    @Test
    void finishesAMoveThatWasCutShortByItself() {
        directoryOnItsWay("/a", "/b");

        directoryMove
                .finish(Objects.requireNonNull(items.directoriesOnTheirWay(Instant.parse("2100-01-01T00:00:00Z"))
                        .filter(item -> item.datasetId().equals(datasetId))
                        .blockFirst()))
                .block();

        assertThat(paths()).containsExactlyInAnyOrder("/b", "/b/moved.txt", "/b/sub", "/b/sub/left.txt");
    }

    @Test
    void deletesADirectoryOnItsWayWithAllThatHasNotFollowedYet() {
        String directory = directoryOnItsWay("/a", "/b");

        assertThat(owner().delete("/api/v1/items/" + directory).status()).isEqualTo(204);

        assertThat(paths()).isEmpty();
    }

    @Test
    void leavesWhereItWasWhatCannotFollowADirectory() {
        String directory = directoryOnItsWay("/a", "/b");
        file("/b/sub/left.txt", "{\"is\":\"in the way\"}");

        Reply reply = move(directory, "/b");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.at("/message").asString()).contains("/a/sub/left.txt");
        assertThat(paths())
                .containsExactlyInAnyOrder(
                        "/a", "/a/sub", "/a/sub/left.txt", "/b", "/b/moved.txt", "/b/sub", "/b/sub/left.txt");
        assertThat(stored(datasetId)).noneMatch(item -> item.containsKey("movedFrom"));
    }

    /** What a crash in the middle of a move leaves: the directory has moved, one file has followed, one has not. */
    private String directoryOnItsWay(String from, String to) {
        String directory = directory(from);
        String file = file(from + "/moved.txt");
        file(from + "/sub/left.txt");
        ItemPath target = new ItemPath(to);
        items.find(directory)
                .flatMap(item -> items.save(item.movedTo(target)))
                .then(items.find(file))
                .flatMap(item -> items.save(item.carriedAlong(new ItemPath(from), target, Instant.now())))
                .block();
        return directory;
    }

    // --- Delete

    @Test
    void deletesAFileAndReleasesItsBytes() {
        byte[] bytes = "to be deleted".getBytes(StandardCharsets.UTF_8);
        Reply uploaded = owner().upload(datasetId, "/a/one.txt", bytes);

        Reply reply = owner().delete("/api/v1/items/" + uploaded.id());

        assertThat(reply.status()).isEqualTo(204);
        assertThat(reply.bytes()).isEmpty();
        assertThat(owner().get("/api/v1/items/" + uploaded.id()).status()).isEqualTo(404);
        assertThat(owner().get("/api/v1/items/" + uploaded.id() + "/stream").status())
                .isEqualTo(404);
        assertThat(owner().delete("/api/v1/items/" + uploaded.id()).status()).isEqualTo(404);
        assertThat(paths()).containsExactly("/a");
        assertThat(isReleased(sha256(bytes))).isTrue();
    }

    @Test
    void deletesADirectoryWithAllThatIsInIt() {
        String directory = directory("/a");
        file("/a/b/one.txt");
        file("/a/two.txt");
        file("/ab.txt");

        assertThat(owner().delete("/api/v1/items/" + directory).status()).isEqualTo(204);

        assertThat(paths()).containsExactly("/ab.txt");
    }

    @Test
    void refusesToDeleteByAMalformedId() {
        assertThat(owner().delete("/api/v1/items/some_id").status()).isEqualTo(400);
        assertThat(owner().delete("/api/v1/items/some_id").field()).isEqualTo("itemId");
        assertThat(owner().delete("/api/v1/items/" + newDataset()).status()).isEqualTo(404);
    }

    /** Whoever is first: afterwards every file is in a directory, and no directory is half there. */
    @Test
    void keepsTheTreeWholeWhenADirectoryIsDeletedWhileFilesComeIntoIt() throws Exception {
        String directory = directory("/a");
        List<Callable<Reply>> calls = new ArrayList<>();
        for (int number = 0; number < 30; number++) {
            String path = "/a/b" + number % 3 + "/" + number + ".txt";
            calls.add(() -> owner().upload(datasetId, "skip", Form.of(path).file("x")));
            if (number == 10) {
                calls.add(() -> owner().delete("/api/v1/items/" + directory));
            }
        }

        List<Reply> replies = atOnce(calls);

        assertThat(replies).allSatisfy(reply -> assertThat(reply.status()).isIn(201, 204));
        List<String> paths = paths();
        assertThat(paths)
                .allSatisfy(path -> assertThat(new ItemPath(path).ancestors())
                        .extracting(ItemPath::value)
                        .allSatisfy(above -> assertThat(paths).contains(above)));
    }

    // ---

    private String file(String path) {
        return owner().upload(datasetId, path, "x").id();
    }

    private String file(String path, String userMetadata) {
        return owner().upload(
                        datasetId,
                        "skip",
                        Form.of(path)
                                .field("metadata", "{\"user\":" + userMetadata + "}")
                                .file("x"))
                .id();
    }

    private String directory(String path) {
        return owner().post("/api/v1/datasets/" + datasetId + "/items", Map.of("type", "dir", "path", path))
                .id();
    }

    private Reply move(String itemId, String path) {
        return owner().patch("/api/v1/items/" + itemId, Map.of("filename", path));
    }

    private Reply moveInto(String directoryId, List<String> itemIds) {
        return owner().put("/api/v1/datasets/" + datasetId + "/items/" + directoryId, itemIds);
    }

    private List<String> paths() {
        return stored(datasetId).stream()
                .map(item -> item.getString("filename"))
                .toList();
    }
}
