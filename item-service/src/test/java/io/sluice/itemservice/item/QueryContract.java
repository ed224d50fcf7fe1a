package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import io.sluice.itemservice.testing.Form;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Queries (contract core §9). Most only read, and share what they read. */
@TestInstance(Lifecycle.PER_CLASS)
@Import(QueryContract.Sent.class)
abstract class QueryContract extends RunningItemService {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, Object> VISIBLE_FILES =
            Map.of("$and", List.of(Map.of("hidden", false), Map.of("type", "file")));

    /**
     * A dataset for queries.
     *
     * @param ids of the files, in the order of their creation
     */
    private record Filled(String datasetId, List<String> ids) {}

    /** Only to be read. */
    private Filled shared = new Filled("", List.of());

    @BeforeAll
    void fillOnce() {
        shared = filled();
    }

    private Filled filled() {
        Filled filled = new Filled(newDataset(), new ArrayList<>());
        add(
                filled,
                "/one.txt",
                "{\"n\":1,\"t\":\"alpha\",\"good\":true,\"o\":{\"k\":1},\"l\":[1,2],\"tags\":[\"x\",\"y\"]}");
        add(
                filled,
                "/a/two.txt",
                "{\"n\":2,\"t\":\"beta\",\"good\":false,\"l\":[2,3],\"a.b\":5,\"p\":{\"q.r.s\":6},\"$k\":7}");
        add(
                filled,
                "/a/b/three.jpg",
                "{\"n\":3.5,\"t\":\"al*pha\",\"refs\":[{\"id\":\"t1\",\"s\":1},{\"id\":\"t2\",\"s\":2}]}");
        add(filled, "/ab/Dog four.png", "{\"n\":\"3.5\",\"t\":null,\"spe-cial\":{\"ke_ys\":\"é\"}}");
        add(filled, "/a/dog.txt", "{}");
        add(filled, "/.dataloop/hidden.txt", "{\"n\":1}");
        return filled;
    }

    private void add(Filled filled, String path, String user) {
        Form form = Form.of(path).field("metadata", "{\"user\":" + user + "}").file(path);
        filled.ids().add(owner().upload(filled.datasetId(), "skip", form).id());
    }

    /** What is found among the files, hidden ones included, by the numbers of their creation from 0. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
                {}                                                    ; 0 1 2 3 4 5
                {"hidden":false}                                      ; 0 1 2 3 4
                {"hidden":true}                                       ; 5
                {"hidden":{"$ne":true}}                               ; 0 1 2 3 4
                {"type":"file","name":"two.txt"}                      ; 1
                {"filename":"/a/two.txt"}                             ; 1
                {"filename":"/A/two.txt"}                             ;
                {"filename":"/**"}                                    ; 0 1 2 3 4 5
                {"filename":"/a/**"}                                  ; 1 2 4
                {"filename":"/a/*"}                                   ; 1 2 4
                {"filename":"/a/b/*"}                                 ; 2
                {"dir":"/a"}                                          ; 1 4
                {"dir":"/"}                                           ; 0
                {"dir":"/a/*"}                                        ; 2
                {"$or":[{"dir":"/a"},{"dir":"/a/*"}],"$and":[{"hidden":false},{"type":"file"}]} ; 1 2 4
                {"name":"*og*"}                                       ; 3 4
                {"name":"*dog*"}                                      ; 4
                {"name":"???.txt"}                                    ; 0 1 4
                {"name":"dog.t?t"}                                    ; 4
                {"name":"Dog four.png"}                               ; 3
                {"name":"*.(txt|jpg)"}                                ;
                {"name":".*"}                                         ;
                {"metadata.system.mimetype":"text/*"}                 ; 0 1 2 3 4 5
                {"metadata.system.size":{"$gt":10}}                   ; 2 3 5
                {"metadata.system.size":{"$gte":8,"$lte":10}}         ; 0 1 4
                {"annotated":false}                                   ; 0 1 2 3 4 5
                {"annotated":true}                                    ;
                {"creator":"owner@example.org"}                       ; 0 1 2 3 4 5
                {"metadata.user.n":1}                                 ; 0 5
                {"metadata.user.n":1.0}                               ; 0 5
                {"metadata.user.n":"1"}                               ;
                {"metadata.user.n":3.5}                               ; 2
                {"metadata.user.n":"3.5"}                             ; 3
                {"metadata.user.n":{"$eq":2}}                         ; 1
                {"metadata.user.n":{"$ne":1}}                         ; 1 2 3 4
                {"metadata.user.n":{"$gt":1}}                         ; 1 2
                {"metadata.user.n":{"$gte":2,"$lt":3.5}}              ; 1
                {"metadata.user.n":{"$in":[1,3.5]}}                   ; 0 2 5
                {"metadata.user.n":[1,2]}                             ; 0 1 5
                {"metadata.user.n":{"$nin":[1,2]}}                    ; 2 3 4
                {"metadata.user.n":{"$exists":true}}                  ; 0 1 2 3 5
                {"metadata.user.n":{"$exists":false}}                 ; 4
                {"metadata.user.n":null}                              ; 4
                {"metadata.user.t":null}                              ; 3 4 5
                {"metadata.user.t":{"$ne":null}}                      ; 0 1 2
                {"metadata.user.t":{"$exists":true}}                  ; 0 1 2
                {"metadata.user.t":"alpha"}                           ; 0
                {"metadata.user.t":"al*"}                             ; 0 2
                {"metadata.user.t":{"$in":["be*","nothing"]}}         ; 1
                {"metadata.user.t":{"$nin":["be*"]}}                  ; 0 2 3 4 5
                {"metadata.user.t":{"$gt":"alpha"}}                   ; 1
                {"metadata.user.good":true}                           ; 0
                {"metadata.user.good":false}                          ; 1
                {"metadata.user.good":"true"}                         ;
                {"metadata.user.o.k":1}                               ; 0
                {"metadata.user.l":2}                                 ; 0 1
                {"metadata.user.l":{"$ne":2}}                         ; 2 3 4 5
                {"metadata.user.l":{"$gt":2}}                         ; 1
                {"metadata.user.tags":"x"}                            ; 0
                {"metadata.user.refs.id":"t2"}                        ; 2
                {"metadata.user.refs.id":{"$ne":"t2"}}                ; 0 1 3 4 5
                {"metadata.user.a.b":5}                               ; 1
                {"metadata.user.a.b":{"$exists":true}}                ; 1
                {"metadata.user.a.b":{"$exists":false}}               ; 0 2 3 4 5
                {"metadata.user.a.b":{"$ne":5}}                       ; 0 2 3 4 5
                {"metadata.user.a.b":{"$gt":4}}                       ; 1
                {"metadata.user.a.b":{"$in":[4,5]}}                   ; 1
                {"metadata.user.a.b":{"$nin":[4,5]}}                  ; 0 2 3 4 5
                {"metadata.user.a.b":null}                            ; 0 2 3 4 5
                {"metadata.user.p.q.r.s":6}                           ; 1
                {"metadata.user.$k":7}                                ; 1
                {"metadata.user.spe-cial.ke_ys":"é"}                  ; 3
                {"metadata.user.spe-cial.ke_ys":{"$exists":true}}     ; 3
                {"metadata.user.o":{"k":1}}                           ; 0
                {"metadata.user.o":{"$eq":{"k":2}}}                   ;
                {"metadata.user.p":{"q.r.s":6}}                       ; 1
                {"metadata.user.n":{"$or":[{"$gt":3},{"$lt":2}]}}     ; 0 2 5
                {"metadata.user.n":{"$and":[{"$gt":1},{"$lt":3}]}}    ; 1
                {"metadata.user.t":{"$glob":"al*"}}                   ; 0 2
                {"metadata.user.refs":{"$match":{"id":"t1","s":1}}}   ; 2
                {"metadata.user.refs":{"$match":{"id":"t1","s":2}}}   ;
                {"metadata.user.refs":{"$match":{"s":{"$gt":1}}}}     ; 2
                {"metadata.user.refs":{"$matchAll":{"s":{"$gt":0}}}}  ; 2
                {"metadata.user.refs":{"$matchAll":{"s":{"$gt":1}}}}  ;
                {"metadata.user.l":{"$match":{"$gt":1,"$lt":3}}}      ; 0 1
                {"metadata.user.l":{"$matchAll":{"$gt":1}}}           ; 1
                {"nofield":{"$match":{"a":1}}}                        ;
                {"nofield":1}                                         ;
                {"nofield":{"$ne":1}}                                 ; 0 1 2 3 4 5
                {"nofield":null}                                      ; 0 1 2 3 4 5
                {"nofield":{"$exists":false}}                         ; 0 1 2 3 4 5
                {"version":1}                                         ;
                {"content.size":8}                                    ;
                {"_id":{"$exists":true}}                              ;
                {"$or":[]}                                            ; 0 1 2 3 4 5
                {"$and":[]}                                           ; 0 1 2 3 4 5
                {"$or":[{"name":"one.txt"},{"$and":[{"dir":"/a"},{"name":"dog.txt"}]}]} ; 0 4
                {"createdAt":{"$gt":"2020-01-01"}}                    ; 0 1 2 3 4 5
                {"createdAt":{"$lt":"2020-01-01T00:00:00.000Z"}}      ;
                {"createdAt":{"$gt":"2020-01-01T00:00:00+02:00"}}     ; 0 1 2 3 4 5
                {"id":"some_id"}                                      ;
                {"id":{"$in":["some_id"]}}                            ;
                {"datasetId":"6b0183990000000000001002"}              ;
                """)
    void finds(String filter, @Nullable String numbers) {
        List<String> expected = new ArrayList<>();
        for (String number : numbers == null ? new String[0] : numbers.split(" ")) {
            expected.add(shared.ids().get(Integer.parseInt(number)));
        }

        Reply reply = query(and(filter, "{\"type\":\"file\"}"), Map.of());

        assertThat(reply.status()).isEqualTo(200);
        assertThat(idsIn(reply)).containsExactlyElementsOf(expected);
        assertThat(reply.at("/totalItemsCount").asInt()).isEqualTo(expected.size());
    }

    @Test
    void findsByIdAndBeyondIt() {
        assertThat(idsIn(query(Map.of("id", shared.ids().get(2)), Map.of())))
                .containsExactly(shared.ids().get(2));
        assertThat(idsIn(query(Map.of("id", Map.of("$in", shared.ids().subList(1, 3))), Map.of())))
                .containsExactly(shared.ids().get(1), shared.ids().get(2));
        assertThat(idsIn(query(
                        Map.of("type", "file", "id", Map.of("$gt", shared.ids().get(3))), Map.of())))
                .containsExactly(shared.ids().get(4), shared.ids().get(5));
        assertThat(idsIn(query(
                        Map.of("type", "file", "id", Map.of("$lt", shared.ids().get(1))), Map.of())))
                .containsExactly(shared.ids().get(0));
    }

    @Test
    void findsDirectoriesOnlyWhenAsked() {
        Reply reply = query(Map.of("type", "dir", "hidden", false), Map.of());

        assertThat(reply.json()
                        .path("items")
                        .valueStream()
                        .map(item -> item.path("filename").asString()))
                .containsExactly("/a", "/a/b", "/ab");
        assertThat(reply.at("/items/0/type").asString()).isEqualTo("dir");
    }

    @Test
    void listsWhatIsInADirectory() {
        String directory = owner().query(shared.datasetId(), Map.of("filter", Map.of("type", "dir", "filename", "/a")))
                .at("/items/0/id")
                .asString();
        String path = "/api/v1/items/" + directory + "/items";

        Reply children = owner().get(path);

        assertThat(children.json().path("items"))
                .extracting(item -> item.path("filename").asString())
                .containsExactly("/a/two.txt", "/a/b", "/a/dog.txt");
        assertThat(children.json().path("totalItemsCount").asInt()).isEqualTo(3);
        assertThat(owner().get(path + "?pageOffset=1&pageSize=2")
                        .at("/items/0/name")
                        .asString())
                .isEqualTo("dog.txt");
        assertThat(owner().get("/api/v1/datasets/" + shared.datasetId() + "/items/" + directory + "/items")
                        .json())
                .isEqualTo(children.json());
        assertThat(as("stranger").get(path).status()).isEqualTo(404);
        assertThat(owner().get("/api/v1/items/" + shared.ids().get(0) + "/items")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void tellsWhichMetadataTheItemsHave() {
        String schema = "/api/v1/datasets/" + shared.datasetId() + "/schema";

        JsonNode seen = owner().get(schema).json();

        assertThat(seen.path("itemsSeen").asInt()).isEqualTo(5);
        assertThat(seen.path("isComplete").asBoolean()).isTrue();
        JsonNode number = seen.path("fields").path("metadata.user.n");
        assertThat(number.path("types")).extracting(JsonNode::asString).containsExactly("number", "string");
        assertThat(number.path("items").asInt()).isEqualTo(4);
        assertThat(seen.path("fields").has("metadata.user.o.k")).isTrue();
        assertThat(seen.path("fields").path("metadata.user.l").path("types"))
                .extracting(JsonNode::asString)
                .containsExactly("array");
        assertThat(as("stranger").get(schema).status()).isEqualTo(404);
    }

    @Test
    void showsWhatNobodyIsToLookFor() {
        Filled own = filled();
        String schema = "/api/v1/datasets/" + own.datasetId() + "/schema";

        done(owner().post(
                        schema + "/items",
                        Map.of("unsearchablePaths", Map.of("add", List.of("metadata.user.o", "metadata.user.n")))));
        done(owner().post(
                        schema + "/items", Map.of("unsearchablePaths", Map.of("remove", List.of("metadata.user.n")))));

        JsonNode seen = owner().get(schema).json();
        assertThat(seen.path("unsearchablePaths"))
                .extracting(JsonNode::asString)
                .containsExactly("metadata.user.o");
        assertThat(seen.path("fields")
                        .path("metadata.user.o.k")
                        .path("searchable")
                        .asBoolean())
                .isFalse();
        assertThat(seen.path("fields")
                        .path("metadata.user.n")
                        .path("searchable")
                        .asBoolean())
                .isTrue();
        Map<String, Object> wrong = Map.of("unsearchablePaths", Map.of("add", List.of("filename")));
        assertThat(owner().post(schema + "/items", wrong).field()).isEqualTo("unsearchablePaths.add");
        assertThat(as("annotator").post(schema + "/items", Map.of()).status()).isEqualTo(403);
    }

    private void done(Reply command) {
        assertThat(command.at("/type").asString()).isEqualTo("UpdateDatasetSchema");
        await().untilAsserted(() -> assertThat(owner().get("/api/v1/commands/" + command.id())
                        .at("/status")
                        .asString())
                .isEqualTo("success"));
    }

    @Test
    void findsTheSameItemAsAGet() {
        Reply reply = query(Map.of("filename", "/a/b/three.jpg"), Map.of());

        assertThat(reply.at("/items/0"))
                .isEqualTo(owner().get("/api/v1/items/" + shared.ids().get(2)).json());
    }

    @Test
    void findsItemsOfTheDatasetOnly() {
        String other = newDataset();
        owner().upload(other, "/one.txt", "1");

        Reply reply = owner().query(other, Map.of("filter", Map.of("datasetId", shared.datasetId())));

        assertThat(reply.at("/totalItemsCount").asInt()).isZero();
        assertThat(owner().query(other, Map.of()).at("/totalItemsCount").asInt())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                {"id":"ascending"}                                   | 0 1 2 3 4
                {"id":"descending"}                                  | 4 3 2 1 0
                {"createdAt":"descending","id":"descending"}         | 4 3 2 1 0
                {"name":"ascending"}                                 | 3 4 0 2 1
                {"name":"descending"}                                | 1 2 0 4 3
                {"dir":"ascending","name":"descending"}              | 0 1 4 2 3
                {"metadata.system.size":"ascending"}                 | 0 1 4 2 3
                {"metadata.system.size":"descending"}                | 3 2 1 4 0
                {"nofield":"descending"}                             | 0 1 2 3 4
                """)
    void sorts(String sort, String numbers) {
        Reply reply = owner().query(
                        shared.datasetId(),
                        Map.of("filter", VISIBLE_FILES, "sort", JSON.readValue(sort, LinkedHashMap.class)));

        assertThat(idsIn(reply).stream().map(shared.ids()::indexOf).map(String::valueOf))
                .containsExactly(numbers.split(" "));
    }

    /** As the SDK does it: always page 0, beyond the last id (contract core §9.2). */
    @Test
    void pagesBeyondTheLastId() {
        List<String> seen = new ArrayList<>();
        Map<String, Object> filter = VISIBLE_FILES;
        boolean more = true;
        for (int page = 0; more; page++) {
            Reply reply = query(filter, Map.of("sort", Map.of("id", "ascending"), "page", 0, "pageSize", 2));
            assertThat(reply.at("/totalItemsCount").asInt()).isEqualTo(5 - 2 * page);
            seen.addAll(idsIn(reply));
            more = reply.at("/hasNextPage").asBoolean();
            filter = Map.of(
                    "$and",
                    List.of(
                            Map.of("hidden", false),
                            Map.of("type", "file"),
                            Map.of("id", Map.of("$gt", seen.get(seen.size() - 1)))));
        }

        assertThat(seen).containsExactlyElementsOf(shared.ids().subList(0, 5));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2, 2, 3, true", "1, 2, 2, 3, true", "2, 2, 1, 3, false", "3, 2, 0, 3, false", "0, 5, 5, 1, false",
        "1, 5, 0, 1, false", "0, 100, 5, 1, false", "0, 9999, 5, 1, false", "0, 0, 0, 0, false", "7, 0, 0, 0, false",
        "2147483647, 1000, 0, 1, false"
    })
    void pagesByNumber(int page, int pageSize, int found, int pages, boolean more) {
        Reply reply = query(VISIBLE_FILES, Map.of("page", page, "pageSize", pageSize));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().propertyNames())
                .containsExactlyInAnyOrder("items", "totalItemsCount", "totalPagesCount", "hasNextPage");
        assertThat(reply.at("/items")).hasSize(found);
        assertThat(reply.at("/totalItemsCount").asInt()).isEqualTo(5);
        assertThat(reply.at("/totalPagesCount").asInt()).isEqualTo(pages);
        assertThat(reply.at("/hasNextPage").asBoolean()).isEqualTo(more);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ascending", "descending"})
    void aPageByNumberGoesOnBehindTheOneBefore(String direction) {
        Filled own = filled();
        List<String> ids = new ArrayList<>(own.ids().subList(0, 5));
        if (direction.equals("descending")) {
            Collections.reverse(ids);
        }
        Map<String, Object> sort = Map.of("createdAt", direction);
        Reply first = query(own, VISIBLE_FILES, Map.of("page", 0, "pageSize", 2, "sort", sort));
        owner().delete("/api/v1/items/" + ids.get(0));
        Reply second = query(own, VISIBLE_FILES, Map.of("page", 1, "pageSize", 2, "sort", sort));
        Reply third = query(own, VISIBLE_FILES, Map.of("page", 2, "pageSize", 2, "sort", sort));
        Reply steppedTo = query(own, VISIBLE_FILES, Map.of("page", 1, "pageSize", 3, "sort", sort));
        Reply again = query(own, VISIBLE_FILES, Map.of("page", 0, "pageSize", 2, "sort", sort));
        Reply after = query(own, VISIBLE_FILES, Map.of("page", 1, "pageSize", 2, "sort", sort));

        assertThat(idsIn(first)).isEqualTo(ids.subList(0, 2));
        assertThat(idsIn(second)).isEqualTo(ids.subList(2, 4));
        assertThat(second.at("/hasNextPage").asBoolean()).isTrue();
        assertThat(second.at("/totalItemsCount").asInt()).isEqualTo(4);
        assertThat(idsIn(third)).isEqualTo(ids.subList(4, 5));
        assertThat(third.at("/hasNextPage").asBoolean()).isFalse();
        assertThat(idsIn(steppedTo)).isEqualTo(ids.subList(4, 5));
        assertThat(idsIn(again)).isEqualTo(ids.subList(1, 3));
        assertThat(idsIn(after)).isEqualTo(ids.subList(3, 5));
        assertThat(after.at("/hasNextPage").asBoolean()).isFalse();
    }

    @Test
    void answersThousandItemsAtMost() {
        assertThat(owner().get("/api/v1/datasets/" + shared.datasetId() + "/items?pageSize=5000")
                        .status())
                .isEqualTo(200);
        assertThat(owner().get("/api/v1/datasets/" + shared.datasetId() + "/items?pageOffset=1&pageSize=3")
                        .at("/items"))
                .hasSize(2);
    }

    @Test
    void whoFollowsTheLinksSeesEveryFileOnce() {
        List<String> found = new ArrayList<>();
        String last = "";
        String next = "/api/v1/datasets/" + shared.datasetId() + "/items?pageSize=2";
        while (next != null) {
            Reply page = owner().get(next);
            page.at("/items").forEach(item -> found.add(item.path("id").asString()));
            last = next;
            next = link(page, "next");
        }

        assertThat(found).containsExactlyInAnyOrderElementsOf(shared.ids().subList(0, 5));
        assertThat(last).contains("?pageSize=2&cursor=");
    }

    @Test
    void theLinksOfACursorLeadBackAsWell() {
        String list = "/api/v1/datasets/" + shared.datasetId() + "/items?pageSize=2";
        Reply first = owner().get(list);
        Reply second = follow(first, "next");
        Reply third = follow(second, "next");
        Reply back = follow(third, "prev");
        Reply begin = follow(back, "prev");

        assertThat(link(first, "prev")).isNull();
        assertThat(link(third, "next")).isNull();
        assertThat(third.at("/hasNextPage").asBoolean()).isFalse();
        assertThat(back.at("/items")).isEqualTo(second.at("/items"));
        assertThat(begin.at("/items")).isEqualTo(first.at("/items"));
        assertThat(link(begin, "prev")).isNull();
        assertThat(link(back, "first")).isEqualTo(list);
        assertThat(link(back, "next")).isEqualTo(link(second, "next"));
    }

    @Test
    void countsOnlyForWhoeverBeginsOrCounts() {
        String list = "/api/v1/datasets/" + shared.datasetId() + "/items?pageSize=2";
        Reply first = owner().get(list);
        Reply counted = owner().get(list + "&pageOffset=1");
        Reply led = follow(first, "next");

        assertThat(first.at("/totalItemsCount").asInt()).isEqualTo(5);
        assertThat(counted.at("/totalItemsCount").asInt()).isEqualTo(5);
        assertThat(link(counted, "next")).endsWith("?pageSize=2&pageOffset=2");
        assertThat(link(counted, "prev")).endsWith("?pageSize=2&pageOffset=0");
        assertThat(led.at("/items")).isEqualTo(counted.at("/items"));
        assertThat(led.at("").has("totalItemsCount")).isFalse();
        assertThat(led.at("").has("beside")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "PA", "Pm5v", "%3D%3D", "cursor=", "PjZiMDE4Mzk5MDAwMDAwMDAwMDAwMTAwMQ&pageOffset=1"})
    void refusesACursorThatIsNone(String cursor) {
        Reply answer = owner().get("/api/v1/datasets/" + shared.datasetId() + "/items?pageSize=2&cursor=" + cursor);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/errors/0/field").asString()).isIn("cursor", "pageOffset");
    }

    @Test
    void anItemNamesTheListThatItIsIn() {
        String list = "/api/v1/datasets/" + shared.datasetId() + "/items";
        String itemId = shared.ids().get(0);

        Reply alone = owner().get("/api/v1/items/" + itemId);
        Reply inList = owner().get(list + "/" + itemId);

        assertThat(link(alone, "collection")).isEqualTo(list);
        assertThat(link(alone, "self")).isEqualTo("/api/v1/items/" + itemId);
        assertThat(link(inList, "collection")).isEqualTo(list);
        assertThat(String.valueOf(inList.header("Link")).split("rel=\"collection\"", -1))
                .hasSize(2);
        assertThat(link(owner().head("/api/v1/items/" + itemId), "collection")).isEqualTo(list);
    }

    private Reply follow(Reply reply, String relation) {
        return owner().get(Objects.requireNonNull(link(reply, relation), relation));
    }

    /** The target without the address of the service; null when there is no such link. */
    private @Nullable String link(Reply reply, String relation) {
        Matcher link = Pattern.compile("<http://127\\.0\\.0\\.1:\\d+([^>]+)>; rel=\"" + relation + "\"")
                .matcher(String.valueOf(reply.header("Link")));
        return link.find() ? link.group(1) : null;
    }

    /** A 400 would look like an empty list to a user of the SDK (contract core §0.10). */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                {"filter":{"name":{"$regex":"x"}}}                    | $regex
                {"filter":{"name":{"$where":"1"}}}                    | $where
                {"filter":{"$nor":[]}}                                | $nor
                {"filter":{"$where":"sleep(1000)"}}                   | $where
                {"filter":{"$expr":{}}}                               | $expr
                {"filter":[]}                                         | filter
                {"filter":{"$and":{}}}                                | $and
                {"filter":{"$or":[1]}}                                | $or
                {"filter":{"n":{"$in":1}}}                            | $in
                {"filter":{"n":{"$exists":1}}}                        | $exists
                {"filter":{"n":{"$gt":null}}}                         | $gt
                {"filter":{"n":{"k":{"$gt":1}}}}                      | $gt
                {"filter":{"metadata.user.refs":{"$match":{"id":{"$where":"1"}}}}} | $where
                {"filter":{"metadata.user.n":{"$function":{"body":"x","args":[],"lang":"js"}}}} | $function
                {"select":{"name":1,"dir":0}}                         | select
                {"select":{"name":{"$meta":"x"}}}                     | select.name
                {"references":{"operation":"create","refs":[{"type":"task","id":{"$gt":""}}]}} | references.refs[0].id
                {"references":{"operation":"create","refs":[{"type":"task","id":"t"}]},"delete":true} | references
                {"filter":{"createdAt":{"$gt":"yesterday"}}}          | createdAt
                {"filter":{"id":{"$gt":"some_id"}}}                   | id
                {"filter":{"":1}}                                     | filter
                {"filter":{"metadata..x":1}}                          | metadata..x
                {"sort":{"id":"up"}}                                  | sort.id
                {"sort":{"id":1}}                                     | sort.id
                {"page":-1}                                           | page
                {"pageSize":"5"}                                      | pageSize
                {"join":{"on":{"resource":"users"},"filter":{}}}      | join
                {"references":{"operation":"create"}}                 | references
                {"resource":"tasks"}                                  | resource
                {"resource":7}                                        | resource
                {"update":[]}                                         | update
                {"delete":"yes"}                                      | delete
                """)
    void refusesAQueryItDoesNotUnderstand(String query, String named) {
        Reply reply = owner().post("/api/v1/datasets/" + shared.datasetId() + "/query", query);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.at("/message").asString()).contains(named);
    }

    /** What reaches the database is looked at where the driver sends it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"filter\":{\"$where\":\"sleep(1)\"}}",
                "{\"filter\":{\"$expr\":{\"$function\":{\"body\":\"x\"}}}}",
                "{\"filter\":{\"metadata.user.$where\":{\"$ne\":\"$where\"}}}",
                "{\"filter\":{\"metadata.user.n\":{\"$eq\":{\"$where\":\"1\"}}}}",
                "{\"filter\":{\"metadata.user.n\":{\"a\":[{\"$function\":1}]}}}",
                "{\"filter\":{\"metadata.user.l\":{\"$match\":{\"$where\":\"1\"}}}}",
                "{\"filter\":{\"metadata.user.l\":{\"$matchAll\":{\"$expr.a\":\"$where\"}}}}",
                "{\"filter\":{},\"sort\":{\"$where\":\"ascending\"}}",
                "{\"filter\":{},\"sort\":{\"metadata.user.$where\":\"ascending\"}}",
                "{\"filter\":{},\"select\":{\"$where\":1,\"metadata.$expr\":1}}",
                "{\"filter\":{\"name\":\"nothing\"},\"update\":{\"metadata\":{\"user\":{\"$where\":{\"$function\":1}}}}}",
                "{\"filter\":{\"name\":\"nothing\"},\"update\":{\"$where\":1}}",
                "{\"filter\":{},\"join\":{\"filter\":{\"$where\":\"sleep(1)\"}}}",
                "{\"filter\":{},\"join\":{\"filter\":{\"metadata.user.$where\":{\"$ne\":\"$where\"}}}}",
                "{\"resource\":\"annotations\",\"filter\":{\"label\":{\"$eq\":{\"$where\":\"1\"}}}}",
                "{\"resource\":\"annotations\",\"join\":{\"filter\":{\"metadata.$expr\":{\"$match\":{\"$expr.a\":1}}}}}",
                "{\"resource\":\"annotations\",\"filter\":{},\"update\":{\"metadata\":{\"user\":{\"$function\":1}}}}",
            })
    void noOperatorOfAClientReachesTheDatabase(String query) {
        Sent.KEYS.clear();

        Reply reply = owner().post("/api/v1/datasets/" + shared.datasetId() + "/query", query);

        assertThat(reply.status()).isIn(200, 422);
        assertThat(Sent.KEYS).doesNotContain("$where", "$expr", "$function").noneMatch(key -> key.contains(".$"));
    }

    /** The keys of all commands that the driver has sent. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Sent {

        private static final Set<String> KEYS = ConcurrentHashMap.newKeySet();

        @Bean
        MongoClientSettingsBuilderCustomizer listen() {
            return settings -> settings.addCommandListener(new CommandListener() {
                @Override
                public void commandStarted(CommandStartedEvent event) {
                    collect(event.getCommand());
                }
            });
        }

        private static void collect(BsonValue value) {
            if (value.isDocument()) {
                KEYS.addAll(value.asDocument().keySet());
                value.asDocument().values().forEach(Sent::collect);
            } else if (value.isArray()) {
                value.asArray().forEach(Sent::collect);
            }
        }
    }

    @Test
    void answersWhatIsSelected() {
        Reply named =
                query(Map.of("filename", "/a/two.txt"), Map.of("select", Map.of("name", 1, "metadata.user.a.b", 1)));
        Reply without = query(Map.of("filename", "/a/two.txt"), Map.of("select", Map.of("metadata", 0, "id", 0)));

        assertThat(named.at("/items/0"))
                .isEqualTo(JSON.readTree("{\"name\":\"two.txt\",\"metadata\":{\"user\":{\"a.b\":5}},\"id\":\""
                        + shared.ids().get(1) + "\"}"));
        assertThat(named.at("/totalItemsCount").asInt()).isEqualTo(1);
        assertThat(without.at("/items/0").propertyNames())
                .contains("id", "name", "url")
                .doesNotContain("metadata");
    }

    private static final List<String> PLANNED =
            List.of("indexes", "keysExamined", "documentsExamined", "entries", "milliseconds", "advice");

    @Test
    void tellsHowItFindsAPage() {
        String list = "/api/v1/datasets/" + shared.datasetId() + "/query?explain=true";
        Reply plan = owner().post(list, "{\"filter\":{\"name\":\"*og*\",\"hidden\":false,\"type\":\"file\"}}");
        Reply counted = owner().post(list, "{\"filter\":{},\"pageSize\":0}");
        Reply deletion = owner().post(list, "{\"filter\":{},\"delete\":true}");
        Reply joined = owner().post(list, "{\"filter\":{},\"join\":{\"filter\":{\"label\":\"*we\"}}}");

        assertThat(plan.status()).isEqualTo(200);
        assertThat(plan.at("").propertyNames()).containsExactlyInAnyOrderElementsOf(PLANNED);
        assertThat(plan.at("/advice").toString()).contains("name: a pattern that begins with");
        assertThat(counted.status()).isEqualTo(200);
        assertThat(deletion.status()).isEqualTo(422);
        assertThat(idsIn(query(VISIBLE_FILES, Map.of()))).hasSize(5);
        assertThat(joined.status()).isEqualTo(200);
        assertThat(joined.at("/join").propertyNames()).containsExactlyInAnyOrderElementsOf(PLANNED);
        assertThat(joined.at("/join/advice").toString()).contains("label: a pattern that begins with");
        assertThat(joined.at("/advice").toString()).doesNotContain("label:");
        tellsOfIndexes(plan, counted, joined);
    }

    abstract void tellsOfIndexes(Reply plan, Reply counted, Reply joined);

    @Test
    void notesWhatItemsBelongTo() {
        Filled own = filled();
        Map<String, Object> inA = Map.of("dir", "/a", "type", "file");
        Map<String, Object> belonging =
                Map.of("metadata.system.refs", Map.of("$match", Map.of("type", "task", "id", "t1")));
        List<Object> refs = List.of(Map.of("type", "task", "id", "t1"), Map.of("type", "task", "id", "t2"));

        Reply added = query(own, inA, Map.of("references", Map.of("operation", "create", "refs", refs)));
        String before = owner().get("/api/v1/items/" + own.ids().get(1)).header("ETag");
        query(own, inA, Map.of("references", Map.of("operation", "create", "refs", refs)));

        assertThat(added.at("/spec/itemsCount").asInt()).isEqualTo(2);
        assertThat(idsIn(query(own, belonging, Map.of())))
                .containsExactly(own.ids().get(1), own.ids().get(4));
        Reply item = owner().get("/api/v1/items/" + own.ids().get(1));
        assertThat(item.header("ETag")).isEqualTo(before);
        assertThat(item.at("/metadata/system/refs")).hasSize(2);

        query(own, belonging, Map.of("references", Map.of("operation", "delete", "refs", refs.subList(0, 1))));

        assertThat(idsIn(query(own, belonging, Map.of()))).isEmpty();
        assertThat(idsIn(query(own, Map.of("metadata.system.refs.id", "t2"), Map.of())))
                .hasSize(2);
        assertThat(as("annotator")
                        .query(
                                own.datasetId(),
                                Map.of("filter", inA, "references", Map.of("operation", "create", "refs", refs)))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void takesAnEmptyJoin() {
        assertThat(owner().query(shared.datasetId(), Map.of("join", Map.of())).status())
                .isEqualTo(200);
    }

    @Test
    void refusesAQueryThatIsTooDeepOrTooLong() {
        String deep = "{\"$and\":[".repeat(30) + "{}" + "]}".repeat(30);
        String deeper = "{\"$and\":[".repeat(5_000) + "{}" + "]}".repeat(5_000);
        List<Map<String, Object>> many = new ArrayList<>();
        for (int number = 0; number < 1_001; number++) {
            many.add(Map.of("name", "x" + number));
        }

        assertThat(owner().post("/api/v1/datasets/" + shared.datasetId() + "/query", "{\"filter\":" + deep + "}")
                        .status())
                .isEqualTo(422);
        assertThat(owner().post("/api/v1/datasets/" + shared.datasetId() + "/query", "{\"filter\":" + deeper + "}")
                        .status())
                .isEqualTo(400);
        assertThat(query(Map.of("$or", many), Map.of()).status()).isEqualTo(422);
        assertThat(query(Map.of("name", "x".repeat(5_000)), Map.of()).status()).isEqualTo(422);
    }

    /** Each star of a pattern must not multiply the ways to match it. */
    @ParameterizedTest
    @ValueSource(strings = {"*a", "*?a", "a*"})
    void findsNothingQuicklyByAPatternOfManyStars(String part) {
        Filled own = filled();
        owner().upload(own.datasetId(), "/" + "a".repeat(250), "x");

        long begun = System.nanoTime();
        Reply reply = query(own, Map.of("name", part.repeat(40) + "*b"), Map.of());

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/totalItemsCount").asInt()).isZero();
        assertThat(System.nanoTime() - begun).isLessThan(20_000_000_000L);
    }

    // --- Changes by query

    @Test
    void changesAllThatMatch() {
        Filled own = filled();
        Reply reply = query(
                own,
                Map.of("dir", "/a", "type", "file"),
                Map.of("update", Map.of("metadata", Map.of("user", Map.of("z", 1), "system", Map.of("s", 1)))));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/status").asString()).isEqualTo("success");
        assertThat(reply.at("/spec/itemsCount").asInt()).isEqualTo(2);
        assertThat(idsIn(query(own, Map.of("metadata.user.z", 1), Map.of())))
                .containsExactly(own.ids().get(1), own.ids().get(4));
        JsonNode item = owner().get("/api/v1/items/" + own.ids().get(1)).json();
        assertThat(item.at("/metadata/user/n").asInt()).isEqualTo(2);
        assertThat(item.at("/metadata/system").has("s")).isFalse();
    }

    @Test
    void changesSystemMetadataOfAllThatMatchOnlyWhenAsked() {
        Filled own = filled();
        query(
                own,
                Map.of("dir", "/a", "type", "file"),
                Map.of(
                        "update",
                        Map.of("metadata", Map.of("system", Map.of("s", 1, "size", 99))),
                        "systemSpace",
                        true));

        assertThat(idsIn(query(own, Map.of("metadata.system.s", 1), Map.of())))
                .containsExactly(own.ids().get(1), own.ids().get(4));
        assertThat(owner().get("/api/v1/items/" + own.ids().get(1))
                        .at("/metadata/system/size")
                        .asInt())
                .isEqualTo("/a/two.txt".length());
    }

    @Test
    void changesNothingByAnEmptyUpdateAndMovesNothing() {
        Filled own = filled();
        assertThat(query(own, Map.of("name", "one.txt"), Map.of("update", Map.of()))
                        .status())
                .isEqualTo(200);
        assertThat(query(own, Map.of("name", "one.txt"), Map.of("update", Map.of("filename", "/other")))
                        .status())
                .isEqualTo(200);
        assertThat(idsIn(query(own, Map.of("filename", "/one.txt"), Map.of())))
                .containsExactly(own.ids().get(0));
    }

    @Test
    void deletesAllThatMatch() {
        Filled own = filled();
        Reply reply = query(own, Map.of("filename", "/a/**", "type", "file"), Map.of("delete", true));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/spec/itemsCount").asInt()).isEqualTo(3);
        assertThat(idsIn(query(own, VISIBLE_FILES, Map.of())))
                .containsExactly(own.ids().get(0), own.ids().get(3));
        assertThat(idsIn(query(own, Map.of("type", "dir", "filename", "/a*"), Map.of())))
                .hasSize(3);
    }

    @Test
    void deletesDirectoriesThatMatchWithAllThatIsInThem() {
        Filled own = filled();
        query(own, Map.of("type", "dir", "filename", "/a"), Map.of("delete", true));

        assertThat(stored(own.datasetId()).stream().map(item -> item.getString("filename")))
                .containsExactlyInAnyOrder(
                        "/one.txt", "/ab", "/ab/Dog four.png", "/.dataloop", "/.dataloop/hidden.txt");
    }

    // ---

    private Reply query(Map<String, ?> filter, Map<String, ?> more) {
        return query(shared, filter, more);
    }

    private Reply query(Filled filled, Map<String, ?> filter, Map<String, ?> more) {
        Map<String, Object> query = new LinkedHashMap<>();
        query.put("filter", filter);
        query.put("resource", "items");
        query.putAll(more);
        return owner().query(filled.datasetId(), query);
    }

    private static Map<String, Object> and(String... filters) {
        List<Object> all = new ArrayList<>();
        for (String filter : filters) {
            all.add(JSON.readValue(filter, Map.class));
        }
        return Map.of("$and", all);
    }

    private static List<String> idsIn(Reply reply) {
        return reply.json()
                .path("items")
                .valueStream()
                .map(item -> item.path("id").asString())
                .toList();
    }
}
