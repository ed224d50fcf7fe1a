package io.sluice.itemservice.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.sluice.itemservice.dataset.DatasetLabels;
import io.sluice.itemservice.feature.FeatureDeletion;
import io.sluice.itemservice.testing.Client;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Reach;
import io.sluice.kit.query.Condition;
import io.sluice.kit.testing.MovableClock;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.ErrorResponseException;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Annotations, what items say of them, and queries for both (contract ml §A, core §9.5). */
abstract class AnnotationContract extends RunningItemService {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();

    private static final String BOX = """
            {"id": null, "url": null, "creator": null, "metadata": {"system": {"automated": true, "attributes": {"a": "b"},
             "endFrame": null}}, "hash": null, "itemId": "x", "item": null, "label": "cat", "createdAt": null,
             "updatedBy": null, "updatedAt": null, "source": "sdk", "type": "box",
             "coordinates": [{"x": 20.5, "y": 10, "z": 0}, {"x": 40, "y": 30, "z": 0}], "attributes": null}""";

    private static final String NOTE = """
            {"type": "note", "label": "anything", "coordinates": {"box": [{"x": 0, "y": 0}, {"x": 1, "y": 1}],
             "note": {"messages": [], "status": "issue"}}}""";

    private final String datasetId = newDataset();
    private String itemId = "";

    @Autowired
    private ReactiveMongoTemplate mongo;

    @Autowired
    private Annotations annotations;

    @Autowired
    private AnnotatedItems items;

    @Autowired
    private FeatureDeletion features;

    @Autowired
    private AnnotationLog log;

    @Autowired
    private AnnotationEdit edit;

    @Autowired
    private DatasetClient datasets;

    @Autowired
    private DatasetLabels labels;

    @BeforeEach
    void upload() {
        itemId = owner().upload(datasetId, "/a/one.jpg", "one").id();
    }

    private static String path(String itemId) {
        return "/api/v1/items/" + itemId + "/annotations";
    }

    private static String said(String type, String label) {
        String coordinates = switch (type) {
            case "point" -> "{\"x\":1,\"y\":2}";
            case "box" -> "[{\"x\":1,\"y\":2},{\"x\":3,\"y\":4}]";
            case "segment" -> "[[{\"x\":1,\"y\":2}]]";
            default -> "[]";
        };
        return "{\"type\":\"" + type + "\",\"label\":\"" + label + "\",\"coordinates\":" + coordinates + "}";
    }

    private String annotated(String item, String... said) {
        Reply reply = owner().post(path(item), "[" + String.join(",", said) + "]");
        assertThat(reply.status()).as(reply.toString()).isEqualTo(201);
        return reply.at("/0/id").asString();
    }

    private JsonNode item() {
        return owner().get("/api/v1/items/" + itemId).json();
    }

    @Test
    void letsMembersAnnotateAndNobodyElse() {
        assertThat(nobody().post(path(itemId), "[]").status()).isEqualTo(401);
        assertThat(as("stranger").post(path(itemId), "[]").status()).isEqualTo(404);
        assertThat(as("annotator").post(path(itemId), "[" + BOX + "]").status()).isEqualTo(201);
        assertThat(narrowed("owner", "items:read", null)
                        .post(path(itemId), "[]")
                        .status())
                .isEqualTo(403);
        assertThat(as("stranger").get(path(itemId)).status()).isEqualTo(404);
        assertThat(as("annotator").get(path(itemId)).json()).hasSize(1);
        String id = as("annotator").get(path(itemId)).at("/0/id").asString();
        assertThat(as("stranger").get("/api/v1/annotations/" + id).status()).isEqualTo(404);
        assertThat(as("stranger").delete("/api/v1/annotations/" + id).status()).isEqualTo(404);
        assertThat(as("annotator").delete("/api/v1/annotations/" + id).status()).isEqualTo(204);
    }

    @Test
    void answersWithAllKeysThatTheSdkNeeds() {
        Reply made = as("annotator").post(path(itemId), "[" + BOX + "]");
        String id = made.at("/0/id").asString();

        Reply read = owner().get("/api/v1/annotations/" + id);
        Reply single = owner().post(path(itemId), said("class", "dog"));

        assertThat(made.json()).hasSize(1);
        assertThat(made.json().get(0)).isEqualTo(read.json());
        assertThat(read.at("/coordinates").toString())
                .isEqualTo("[{\"x\":20.5,\"y\":10,\"z\":0},{\"x\":40,\"y\":30,\"z\":0}]");
        assertThat(read.at("/metadata").toString())
                .isEqualTo("{\"system\":{\"automated\":true,\"attributes\":{\"a\":\"b\"}}}");
        assertThat(read.at("/attributes").toString()).isEqualTo("[]");
        assertThat(read.at("/creator").asString()).isEqualTo("annotator@example.org");
        assertThat(read.at("/itemId").asString()).isEqualTo(itemId);
        assertThat(read.at("/datasetId").asString()).isEqualTo(datasetId);
        assertThat(read.at("/hash").asString()).matches("[0-9a-f]{40}");
        assertThat(read.json().propertyNames())
                .contains(
                        "type", "label", "creator", "createdAt", "updatedBy", "updatedAt", "metadata", "url", "source");
        assertThat(owner().get(path(itemId)).json()).hasSize(2);
        assertThat(single.at("/type").asString()).isEqualTo("class");
        assertThat(owner().get("/api/v1/datasets/" + datasetId + "/items/" + itemId + "/annotations/" + id)
                        .json())
                .isEqualTo(read.json());
        assertThat(owner().get(path(itemId) + "/" + id).status()).isEqualTo(200);
        assertThat(owner().get("/api/v1/annotations/some_id").status()).isEqualTo(400);
        assertThat(owner().get("/api/v1/annotations/" + new ObjectId()).status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            [`BOX`, {"type":"box","label":"x","coordinates":[{"x":1}]}]      | 400 | [1].coordinates[0].y
            [{"label":"x"}]                                                  | 400 | [0].type
            [{"type":"class"}]                                               | 400 | [0].label
            [{"type":"class","label":"x","metadata":[]}]                     | 400 | [0].metadata
            [{"type":"class","label":"x","metadata":{"system":[]}}]          | 400 | [0].metadata.system
            [{"type":"class","label":"x","metadata":{"system":{"snapshots_":1}}}] | 400 | [0].metadata.system.snapshots_
            [1]                                                              | 400 | [0]
            {"type":"point","label":"x","coordinates":{"x":1e999,"y":1}}     | 400 | coordinates
            {"type":"point","label":"x","coordinates":{"x":NaN,"y":1}}       | 400 |
            "text"                                                           | 400 | body
            """)
    void refusesABatchWithABadAnnotationWhole(String body, int status, String field) {
        Reply reply = owner().post(path(itemId), body.replace("`BOX`", BOX));

        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        assertThat(reply.text()).contains(field == null ? "" : field);
        assertThat(owner().get(path(itemId)).json()).isEmpty();
        assertThat(item().path("annotated").asBoolean()).isFalse();
    }

    @Test
    void refusesAnAnnotationThatTheDatabaseCouldNotKeep() {
        String points = String.join(",", Collections.nCopies(400_000, "{\"x\":1,\"y\":1}"));
        Reply large = owner().post(
                        path(itemId), "[{\"type\":\"segment\",\"label\":\"x\",\"coordinates\":[[" + points + "]]}]");
        String more = String.join(",", Collections.nCopies(1_000_000, "{\"x\":1,\"y\":1}"));
        Reply larger =
                owner().post(path(itemId), "[{\"type\":\"segment\",\"label\":\"x\",\"coordinates\":[[" + more + "]]}]");

        assertThat(large.status()).isEqualTo(413);
        assertThat(large.field()).isEqualTo("[0].coordinates");
        assertThat(larger.status()).isEqualTo(413);
        assertThat(larger.at("/detail").asString()).contains("8");
        assertThat(owner().get(path(itemId)).json()).isEmpty();
    }

    @Test
    void keepsLabelsAsTheyAre() {
        for (String label : List.of("animal.cat", "a/b", "🐑", "$where", "x".repeat(1_024))) {
            String id = annotated(itemId, said("class", label));
            assertThat(owner().get("/api/v1/annotations/" + id).at("/label").asString())
                    .isEqualTo(label);
            assertThat(found(Map.of("label", label))).hasSize(1);
        }
        assertThat(owner().post(path(itemId), said("class", "x".repeat(1_025))).field())
                .isEqualTo("label");
    }

    @Test
    void changesByMergePatch() {
        String id = annotated(itemId, BOX);
        String url = "/api/v1/annotations/" + id;

        Reply nothing = owner().put(url, "{}");
        Reply changed = as("annotator").put(url, """
                {"label": "dog", "coordinates": [{"x": 1, "y": 2}], "creator": "other",
                 "metadata": {"system": {"attributes": {"a": null, "c": true}, "status": "approved"}, "user": {"n": 1}}}""");
        Reply approved =
                as("annotator").put(url + "?system=true", "{\"metadata\":{\"system\":{\"status\":\"approved\"}}}");
        Reply cleared = as("annotator").put(url + "?system=true", "{\"metadata\":{\"system\":{\"status\":null}}}");
        Reply wrong = owner().put(url, "{\"coordinates\":null}");
        Reply replaced = owner().put(url + "?replace=true", said("point", "cat"));

        assertThat(nothing.at("/label").asString()).isEqualTo("cat");
        assertThat(changed.at("/label").asString()).isEqualTo("dog");
        assertThat(changed.at("/coordinates")).hasSize(1);
        assertThat(changed.at("/creator").asString()).isEqualTo("owner@example.org");
        assertThat(changed.at("/updatedBy").asString()).isEqualTo("annotator@example.org");
        assertThat(changed.at("/metadata").toString())
                .isEqualTo("{\"system\":{\"automated\":true,\"attributes\":{\"c\":true}},\"user\":{\"n\":1}}");
        assertThat(approved.at("/metadata/system/status").asString()).isEqualTo("approved");
        assertThat(cleared.at("/metadata/system").has("status")).isFalse();
        assertThat(wrong.field()).isEqualTo("coordinates");
        assertThat(replaced.at("/type").asString()).isEqualTo("point");
        assertThat(replaced.at("/metadata").toString()).isEqualTo("{\"system\":{\"automated\":true}}");
        assertThat(owner().get(url).json()).isEqualTo(replaced.json());
        assertThat(owner().put("/api/v1/annotations/" + new ObjectId(), "{}").status())
                .isEqualTo(404);
    }

    @Test
    void opensIssues() {
        String id = annotated(itemId, BOX);

        Reply open = as("annotator").send("PUT", "/api/v1/annotations/" + id + "/issue", null, noBody());
        Reply solved = owner().put(path(itemId) + "/" + id + "/issue", "{\"status\":null}");

        assertThat(open.at("/metadata/system/status").asString()).isEqualTo("issue");
        assertThat(solved.at("/metadata/system").has("status")).isFalse();
    }

    private static BodyPublisher noBody() {
        return BodyPublishers.noBody();
    }

    @Test
    void refusesACircleOfParents() {
        String first = annotated(itemId, BOX);
        String second = annotated(
                itemId,
                said("point", "x").replace("}}", "},\"metadata\":{\"system\":{\"parentId\":\"" + first + "\"}}}"));

        Reply circle = owner().put(
                        "/api/v1/annotations/" + first,
                        Map.of("metadata", Map.of("system", Map.of("parentId", second))));

        assertThat(circle.status()).isEqualTo(400);
        assertThat(circle.field()).isEqualTo("metadata.system.parentId");
    }

    @Test
    void takesAThousandLevelsOfParentsAndNoMore() {
        List<Annotation> chain = new ArrayList<>();
        String parent = "";
        for (int level = 0; level <= AnnotationEdit.MOST_PARENTS; level++) {
            Map<String, Object> system = parent.isEmpty() ? Map.of() : Map.of("parentId", parent);
            Annotation next = Annotation.of(
                    new AnnotatedItems.AnnotatedItem(itemId, datasetId, false),
                    AnnotationContent.parse(
                            Map.of("type", "class", "label", "x", "metadata", Map.of("system", system)), ""),
                    "me",
                    new MovableClock().instant());
            chain.add(next);
            parent = next.id();
        }
        annotations.insert(chain).block(PATIENCE);
        String url = "/api/v1/annotations/" + annotated(itemId, BOX);

        Reply most = owner().put(
                        url, parentIs(chain.get(AnnotationEdit.MOST_PARENTS - 1).id()));
        Reply more = owner().put(url, parentIs(parent));

        assertThat(most.status()).as(most.toString()).isEqualTo(200);
        assertThat(more.status()).isEqualTo(400);
        assertThat(more.field()).isEqualTo("metadata.system.parentId");
    }

    private static Map<String, Object> parentIs(String parentId) {
        return Map.of("metadata", Map.of("system", Map.of("parentId", parentId)));
    }

    @Test
    void leavesNoCircleThatTwoChangesCloseTogether() throws Exception {
        for (int round = 0; round < 4; round++) {
            String first = annotated(itemId, BOX);
            String second = annotated(itemId, BOX);

            List<Reply> replies = atOnce(List.of(
                    () -> owner().put("/api/v1/annotations/" + first, parentIs(second)),
                    () -> owner().put("/api/v1/annotations/" + second, parentIs(first))));

            assertThat(replies).allMatch(reply -> Set.of(200, 400).contains(reply.status()));
            long parents = List.of(first, second).stream()
                    .filter(id -> owner().get("/api/v1/annotations/" + id)
                            .at("/metadata/system")
                            .has("parentId"))
                    .count();
            assertThat(parents)
                    .isEqualTo(replies.stream()
                            .filter(reply -> reply.status() == 200)
                            .count());
            assertThat(parents).isLessThan(2);
        }
    }

    @Test
    void tellsOnTheItemHowManyItHas() {
        String version =
                Objects.requireNonNull(owner().get("/api/v1/items/" + itemId).header("ETag"));
        String updatedAt = item().path("updatedAt").asString();

        String id = annotated(itemId, BOX, said("class", "dog"));
        JsonNode two = item();
        owner().delete("/api/v1/annotations/" + id);
        JsonNode one = item();
        delete(Map.of("$and", List.of(Map.of("itemId", itemId))));
        JsonNode none = item();

        assertThat(two.path("annotationsCount").asInt()).isEqualTo(2);
        assertThat(two.path("annotated").asBoolean()).isTrue();
        assertThat(two.path("updatedAt").asString()).isGreaterThan(updatedAt);
        assertThat(one.path("annotationsCount").asInt()).isEqualTo(1);
        assertThat(none.path("annotationsCount").asInt()).isZero();
        assertThat(none.path("annotated").asBoolean()).isFalse();
        assertThat(owner().get("/api/v1/items/" + itemId, "If-None-Match", version)
                        .status())
                .isEqualTo(200);
        assertThat(marks()).isEmpty();
    }

    @Test
    void countsRightUnderManyAtOnce() throws Exception {
        List<String> old = new ArrayList<>();
        for (int count = 0; count < 10; count++) {
            old.add(annotated(itemId, BOX));
        }
        List<Callable<Reply>> calls = new ArrayList<>();
        for (int count = 0; count < 20; count++) {
            calls.add(() -> owner().post(path(itemId), "[" + BOX + "," + BOX + "]"));
        }
        old.forEach(id -> calls.add(() -> owner().delete("/api/v1/annotations/" + id)));
        for (int count = 0; count < 5; count++) {
            String n = "{\"metadata\":{\"user\":{\"n" + count + "\":1}}}";
            calls.add(() -> owner().patch("/api/v1/items/" + itemId, n));
        }

        List<Reply> replies = atOnce(calls);

        assertThat(replies).allMatch(reply -> reply.status() < 300);
        assertThat(item().path("annotationsCount").asInt()).isEqualTo(40);
        assertThat(item().at("/metadata/user")).hasSize(5);
        assertThat(owner().get(path(itemId)).json()).hasSize(40);
        assertThat(marks()).isEmpty();
    }

    @Test
    void countsForWhoeverHasCrashed() {
        annotated(itemId, BOX);
        // Stored, and not counted; of an item that is gone.
        annotations
                .insert(List.of(uncounted(itemId), uncounted(new ObjectId().toHexString())))
                .block(PATIENCE);
        MovableClock clock = new MovableClock();
        List<ObjectId> marked = annotations
                .entries(datasetId, new Condition.All(List.of()))
                .map(entry -> new ObjectId(entry.itemId()))
                .distinct()
                .collectList()
                .block(PATIENCE);
        insert(AnnotationCounts.MARKS, new Document("itemIds", marked).append("at", Date.from(clock.instant())));
        AnnotationCounts counts = new AnnotationCounts(mongo, annotations, items, features, log, clock);

        counts.takeUp().block(PATIENCE);
        assertThat(item().path("annotationsCount").asInt()).isEqualTo(1);

        clock.advance(AnnotationCounts.BEFORE_HELP.plus(Duration.ofSeconds(1)));
        counts.takeUp().block(PATIENCE);

        assertThat(item().path("annotationsCount").asInt()).isEqualTo(2);
        assertThat(found(Map.of())).hasSize(2);
        assertThat(marks()).isEmpty();
    }

    private Annotation uncounted(String item) {
        return Annotation.of(
                new AnnotatedItems.AnnotatedItem(item, datasetId, false),
                AnnotationContent.parse(AnnotationContent.object(JSON.readValue(BOX, Object.class), ""), ""),
                "me",
                new MovableClock().instant());
    }

    private List<Document> marks() {
        return Objects.requireNonNull(mongo.getCollection(AnnotationCounts.MARKS)
                .flatMapMany(marks -> Flux.from(marks.find(new Document("itemIds", new ObjectId(itemId)))))
                .collectList()
                .block(PATIENCE));
    }

    @Test
    void goesWithTheItem() {
        String id = annotated(itemId, BOX);
        String second = owner().upload(datasetId, "/a/two.jpg", "2").id();
        String other = annotated(second, BOX);

        owner().delete("/api/v1/items/" + itemId);

        assertThat(owner().get("/api/v1/annotations/" + id).status()).isEqualTo(404);
        assertThat(owner().get("/api/v1/annotations/" + other).status()).isEqualTo(200);
        assertThat(owner().post(path(itemId), "[]").status()).isEqualTo(404);
        owner().query(datasetId, Map.of("filter", Map.of("dir", "/a"), "delete", true));
        assertThat(found(Map.of())).isEmpty();
    }

    @Test
    void goesWithTheDataset() {
        annotated(itemId, BOX);

        service().delete("/internal/datasets/" + datasetId);

        assertThat(found(Map.of())).isEmpty();
    }

    @Test
    void leavesNothingOfWhatIsMadeWhileTheItemIsDeleted() throws Exception {
        List<Callable<Reply>> calls = new ArrayList<>();
        for (int count = 0; count < 8; count++) {
            calls.add(() -> owner().post(path(itemId), "[" + BOX + "]"));
        }
        calls.add(4, () -> owner().delete("/api/v1/items/" + itemId));

        List<Reply> replies = atOnce(calls);

        assertThat(replies).allMatch(reply -> Set.of(201, 204, 404).contains(reply.status()));
        assertThat(found(Map.of())).isEmpty();
        assertThat(marks()).isEmpty();
    }

    private Reply query(Map<String, Object> query) {
        return owner().query(datasetId, query);
    }

    private JsonNode found(Map<String, Object> filter) {
        Reply reply = query(Map.of("resource", "annotations", "filter", filter));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return reply.at("/items");
    }

    private Reply delete(Map<String, Object> filter) {
        return query(Map.of("resource", "annotations", "filter", filter, "delete", true));
    }

    @Test
    void findsAnnotations() {
        List<String> ids = new ArrayList<>();
        owner().post(path(itemId), "[" + BOX + "," + said("point", "dog") + "," + said("class", "animal.dog") + "]")
                .json()
                .forEach(made -> ids.add(made.path("id").asString()));
        Map<String, Object> sdk = Map.of(
                "$and",
                List.of(Map.of("type", Map.of("$in", List.of("box", "point", "class"))), Map.of("itemId", itemId)));

        Reply first = query(Map.of(
                "resource", "annotations", "filter", sdk, "sort", Map.of("id", "ascending"), "page", 0, "pageSize", 2));
        Reply next = query(Map.of(
                "resource",
                "annotations",
                "filter",
                Map.of("$and", List.of(sdk, Map.of("id", Map.of("$gt", ids.get(1))))),
                "sort",
                Map.of("id", "ascending"),
                "pageSize",
                2));
        Reply second = query(Map.of("resource", "annotations", "filter", sdk, "page", 1, "pageSize", 2));
        Reply last = query(Map.of("resource", "annotations", "sort", Map.of("id", "descending"), "pageSize", 1));

        assertThat(first.at("/totalItemsCount").asInt()).isEqualTo(3);
        assertThat(first.at("/hasNextPage").asBoolean()).isTrue();
        assertThat(next.at("/totalItemsCount").asInt()).isEqualTo(1);
        assertThat(next.at("/hasNextPage").asBoolean()).isFalse();
        assertThat(second.at("/items")).isEqualTo(next.at("/items"));
        assertThat(last.at("/items/0/id").asString()).isEqualTo(ids.get(2));
        assertThat(query(Map.of("resource", "annotations", "pageSize", 0))
                        .at("/totalItemsCount")
                        .asInt())
                .isEqualTo(3);
        assertThat(found(Map.of("annotationId", Map.of("$in", ids.subList(0, 1)))))
                .hasSize(1);
        assertThat(found(Map.of("label", "*dog"))).hasSize(2);
        assertThat(found(Map.of("metadata.system.attributes.a", "b"))).hasSize(1);
        assertThat(found(Map.of("coordinates.x", 1))).hasSize(1);
        assertThat(found(Map.of("creator", "owner@example.org"))).hasSize(3);
        assertThat(found(Map.of("nothing", "x"))).isEmpty();
        assertThat(query(Map.of("resource", "annotations", "select", Map.of("label", 1)))
                        .at("/items/1")
                        .toString())
                .isEqualTo("{\"label\":\"dog\",\"id\":\"" + ids.get(1) + "\"}");
    }

    @Test
    void changesAndDeletesByQuery() {
        annotated(itemId, BOX, said("point", "dog"), said("class", "dog"));

        Reply updated = as("annotator")
                .query(
                        datasetId,
                        Map.of(
                                "resource",
                                "annotations",
                                "filter",
                                Map.of("label", "dog"),
                                "update",
                                Map.of("label", "puppy", "metadata", Map.of("user", Map.of("n", 1)))));
        Reply deleted = delete(Map.of("metadata.user.n", 1));

        assertThat(updated.at("/spec/annotationsCount").asInt()).isEqualTo(2);
        assertThat(deleted.at("/spec/annotationsCount").asInt()).isEqualTo(2);
        assertThat(item().path("annotationsCount").asInt()).isEqualTo(1);
        assertThat(as("stranger")
                        .query(datasetId, Map.of("resource", "annotations", "filter", Map.of(), "delete", true))
                        .status())
                .isEqualTo(404);
    }

    /** Of contract core §9.4: 36 files, of which 12 are annotated. */
    @Test
    void joinsItemsAndAnnotations() {
        List<String> ids = new ArrayList<>(List.of(itemId));
        for (int number = 1; number < 16; number++) {
            ids.add(owner().upload(datasetId, "/b/" + number + ".txt", "x").id());
        }
        for (int number = 0; number < 12; number++) {
            String label = number < 3 ? "dog" : number < 6 ? "cat" : "test_label";
            String type = number < 6 ? "point" : number < 9 ? "box" : "segment";
            annotated(ids.get(number), said(type, label), said(type, label));
        }

        assertThat(itemsWith(Map.of("type", "box"))).isEqualTo(3);
        assertThat(itemsWith(Map.of("type", Map.of("$ne", "box")))).isEqualTo(9);
        assertThat(itemsWith(Map.of("label", Map.of("$ne", "cat")))).isEqualTo(9);
        assertThat(itemsWith(Map.of("$and", List.of(Map.of("label", Map.of("$ne", "dog")), Map.of("type", "point")))))
                .isEqualTo(3);
        assertThat(itemsWith(Map.of())).isEqualTo(12);

        Map<String, Object> points = joined("annotations", "itemId", "id", Map.of("type", "point"));
        Reply first = query(Map.of("filter", Map.of("type", "file"), "join", points, "pageSize", 4));
        Reply second = query(Map.of("filter", Map.of("type", "file"), "join", points, "pageSize", 4, "page", 1));
        Reply backwards = query(Map.of(
                "filter",
                Map.of("id", Map.of("$lt", ids.get(5))),
                "join",
                points,
                "pageSize",
                2,
                "sort",
                Map.of("id", "descending")));
        assertThat(first.at("/totalItemsCount").asInt()).isEqualTo(6);
        assertThat(idsOf(first)).isEqualTo(ids.subList(0, 4));
        assertThat(idsOf(second)).isEqualTo(ids.subList(4, 6));
        assertThat(idsOf(backwards)).containsExactly(ids.get(4), ids.get(3));
        assertThat(backwards.at("/totalItemsCount").asInt()).isEqualTo(5);
        assertThat(owner().post(
                                "/api/v1/datasets/" + datasetId + "/query?all=true",
                                Map.of("filter", Map.of("dir", "/b"), "join", points))
                        .json())
                .hasSize(5);

        Map<String, Object> below = joined("items", "id", "itemId", Map.of("filename", "/b/**"));
        Reply annotationsBelow = query(Map.of("resource", "annotations", "join", below, "pageSize", 3, "page", 1));
        assertThat(annotationsBelow.at("/totalItemsCount").asInt()).isEqualTo(22);
        assertThat(annotationsBelow.at("/items")).hasSize(3);
        assertThat(owner().post(
                                "/api/v1/datasets/" + datasetId + "/query?all=true",
                                Map.of("resource", "annotations", "filter", Map.of("label", "dog"), "join", below))
                        .json())
                .hasSize(4);

        Reply deletedAnnotations = query(Map.of("resource", "annotations", "join", below, "delete", true));
        Reply deletedItems = query(Map.of("join", Map.of("filter", Map.of("label", "dog")), "delete", true));
        assertThat(deletedAnnotations.at("/spec/annotationsCount").asInt()).isEqualTo(22);
        assertThat(deletedItems.at("/spec/itemsCount").asInt()).isEqualTo(1);
        assertThat(owner().get("/api/v1/items/" + itemId).status()).isEqualTo(404);
    }

    private int itemsWith(Map<String, Object> annotation) {
        Reply reply = query(
                Map.of("filter", Map.of("type", "file"), "join", joined("annotations", "itemId", "id", annotation)));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        assertThat(reply.at("/items")).hasSize(reply.at("/totalItemsCount").asInt());
        return reply.at("/totalItemsCount").asInt();
    }

    private static Map<String, Object> joined(String resource, String local, String foreign, Object filter) {
        return Map.of("on", Map.of("resource", resource, "local", local, "forigen", foreign), "filter", filter);
    }

    private static List<String> idsOf(Reply page) {
        return IntStream.range(0, page.at("/items").size())
                .mapToObj(index -> page.at("/items/" + index + "/id").asString())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"join":{"filter":{"$where":"1"}}}                                         | $where
            {"join":{"filter":{"label":{"$regex":"x"}}}}                               | $regex
            {"join":{"on":{"resource":"users"},"filter":{}}}                           | join.on.resource
            {"resource":"annotations","join":{"filter":{"$and":[{"$expr":{}}]}}}       | $expr
            {"join":{"filter":[]}}                                                     | join.filter
            {"join":[]}                                                                | join
            {"resource":"tasks"}                                                       | resource
            {"resource":"annotations","references":{"operation":"create","refs":[{"type":"task","id":"t"}]}} | references
            """)
    void refusesAJoinItDoesNotUnderstand(String query, String named) {
        Reply reply = owner().post("/api/v1/datasets/" + datasetId + "/query", query);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.at("/message").asString()).contains(named);
    }

    @Test
    void comesAlongWithACopy() {
        String pose = annotated(itemId, said("class", "pose"));
        annotated(
                itemId,
                said("point", "hoof").replace("}}", "},\"metadata\":{\"system\":{\"parentId\":\"" + pose + "\"}}}"));
        String target = newDataset();

        Reply cloned = owner().post(
                        "/api/v1/items/" + itemId + "/clone",
                        Map.of("targetDatasetId", target, "cloneDatasetParams", Map.of("withItemsAnnotations", true)));
        Reply bare = owner().post(
                        "/api/v1/items/" + itemId + "/clone",
                        Map.of(
                                "remoteFileName",
                                "/bare.jpg",
                                "cloneDatasetParams",
                                Map.of("withItemsAnnotations", false)));

        String copy = cloned.at("/spec/returnedModelId/0").asString();
        JsonNode copied = owner().get(path(copy)).json();
        assertThat(copied).hasSize(2);
        assertThat(copied.at("/0/srcAnnotation").asString()).isEqualTo(pose);
        assertThat(copied.at("/0/datasetId").asString()).isEqualTo(target);
        assertThat(copied.at("/1/coordinates").toString()).isEqualTo("{\"x\":1,\"y\":2}");
        assertThat(copied.at("/1/metadata/system/parentId").asString())
                .isEqualTo(copied.at("/0/id").asString());
        assertThat(owner().get("/api/v1/items/" + copy).at("/annotationsCount").asInt())
                .isEqualTo(2);
        String without = bare.at("/spec/returnedModelId/0").asString();
        assertThat(owner().get(path(without)).json()).isEmpty();
        assertThat(owner().get("/api/v1/items/" + without).at("/annotated").asBoolean())
                .isFalse();
    }

    @Test
    void comesAlongWithADatasetAndAnExport() {
        annotated(itemId, BOX, said("class", "dog"));
        String target = newDataset();
        owner().post(
                        "/api/v1/datasets/" + datasetId + "/clone",
                        Map.of("cloneDatasetParams", Map.of("targetDatasetId", target)));

        Reply all = export(target, Map.of());
        Reply dogs = export(target, Map.of("annotationsQuery", Map.of("filter", Map.of("label", "dog"))));
        Reply withDogs = export(
                datasetId,
                Map.of("itemsQuery", Map.of("filter", Map.of(), "join", Map.of("filter", Map.of("label", "none")))));

        assertThat(all.json()).hasSize(1);
        assertThat(all.at("/0/annotations")).hasSize(2);
        assertThat(all.at("/0/annotations/0/label").asString()).isEqualTo("cat");
        assertThat(dogs.at("/0/annotations")).hasSize(1);
        assertThat(dogs.at("/0/annotations/0/label").asString()).isEqualTo("dog");
        assertThat(withDogs.json()).isEmpty();
    }

    private Reply export(String dataset, Map<String, Object> more) {
        Map<String, Object> body = new HashMap<>(Map.of("exportType", "json", "annotations", Map.of("include", true)));
        body.putAll(more);
        String command =
                owner().post("/api/v1/datasets/" + dataset + "/export", body).id();
        String output = await().until(
                        () -> owner().get("/api/v1/commands/" + command)
                                .at("/spec/outputItemId")
                                .asString(""),
                        id -> !id.isEmpty());
        return owner().get("/api/v1/items/" + output + "/stream");
    }

    @Test
    void countsLabelsAndTypes() {
        annotated(itemId, said("box", "ewe"), said("point", "ewe"), said("box", "lamb"));
        assertThat(as("annotator")
                        .post(path(itemId), "[" + said("class", "ram") + "]")
                        .status())
                .isEqualTo(201);
        String counted = "/api/v1/datasets/" + datasetId + "/annotations";

        assertThat(owner().get(counted + "/labels").json().toString())
                .isEqualTo(
                        "[{\"label\":\"ewe\",\"count\":2},{\"label\":\"lamb\",\"count\":1},{\"label\":\"ram\",\"count\":1}]");
        assertThat(owner().post(counted + "/labels", "{\"creators\": [\"annotator@example.org\"]}")
                        .json()
                        .toString())
                .isEqualTo("[{\"label\":\"ram\",\"count\":1}]");
        assertThat(narrowed("owner", "items:read", null)
                        .post(counted + "/types", "{}")
                        .json()
                        .toString())
                .isEqualTo(
                        "[{\"type\":\"box\",\"count\":2},{\"type\":\"class\",\"count\":1},{\"type\":\"point\",\"count\":1}]");
        Reply refused = owner().post(counted + "/types", "{\"taskId\": \"65\"}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.toString()).contains("taskId");
        assertThat(as("stranger").get(counted + "/labels").status()).isEqualTo(404);
    }

    @Test
    void takesOnlyLabelsOfTheOntologiesWhereTheDatasetSaysSo() {
        String strict = newDataset();
        takesOnly(strict, "sheep", "sheep.lamb");
        String item = owner().upload(strict, "/a.jpg", "a").id();
        String id = annotated(item, said("class", "sheep.lamb"), said("point", "sheep"), NOTE);
        String annotation = "/api/v1/annotations/" + id;
        String all = "/api/v1/datasets/" + strict;

        Reply batch = owner().post(path(item), "[" + said("class", "sheep") + "," + said("class", "lamb") + "]");
        Reply single = owner().post(path(item), said("class", "lamb"));
        Reply changed = owner().put(annotation, Map.of("label", "lamb"));
        Reply updated = owner().post(
                        all + "/query",
                        Map.of("resource", "annotations", "filter", Map.of(), "update", Map.of("label", "lamb")));
        Reply classified = owner().post(
                        all + "/annotations",
                        Map.of("query", Map.of("filter", Map.of()), "annotation", Map.of("label", "lamb")));

        assertThat(List.of(batch.status(), single.status(), changed.status(), updated.status(), classified.status()))
                .containsOnly(400);
        assertThat(batch.field()).isEqualTo("[1].label");
        assertThat(batch.text()).contains("takes no others: lamb");
        assertThat(single.field()).isEqualTo("label");
        assertThat(changed.field()).isEqualTo("label");
        assertThat(updated.field()).isEqualTo("update.label");
        assertThat(classified.field()).isEqualTo("annotation.label");
        assertThat(owner().get(path(item)).json()).hasSize(3);

        takesOnly(strict, "sheep", "sheep.lamb", "lamb");
        assertThat(owner().put(annotation, Map.of("label", "lamb")).status()).isEqualTo(200);
    }

    @Test
    void classifiesWhatMatchesOnce() {
        String other = owner().upload(datasetId, "/b/two.jpg", "two").id();
        String classify = "/api/v1/datasets/" + datasetId + "/annotations";

        Reply done = as("annotator")
                .post(
                        classify,
                        Map.of(
                                "query", Map.of("filter", Map.of("dir", "/a")),
                                "annotation", Map.of("label", "blurred", "attributes", List.of("night"))));
        Reply refused = owner().post(classify, Map.of("query", Map.of("filter", Map.of()), "annotation", Map.of()));

        assertThat(done.at("/type").asString()).isEqualTo("ClassifyItems");
        await().until(() -> item().path("annotationsCount").asInt() == 1);
        JsonNode made = owner().get(path(itemId)).at("/0");
        assertThat(made.path("type").asString()).isEqualTo("class");
        assertThat(made.path("label").asString()).isEqualTo("blurred");
        assertThat(made.path("attributes").toString()).isEqualTo("[\"night\"]");
        assertThat(made.path("creator").asString()).isEqualTo("annotator@example.org");
        assertThat(owner().get(path(other)).json()).isEmpty();
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.toString()).contains("annotation.label");
    }

    @Test
    void isFetchedWithAllFilesOfADirectory() {
        annotated(itemId, BOX, said("class", "dog"));
        owner().upload(datasetId, "/a0.jpg", "not below /a");
        String files = "/api/v1/datasets/" + datasetId + "/annotations";

        Reply all = owner().get(files + "/json");
        Reply below = owner().get(files + "/json?directory=/a/");
        Reply zip = owner().get(files + "/zip?directory=/a");

        assertThat(all.json()).hasSize(2);
        assertThat(below.json()).hasSize(1);
        assertThat(below.at("/0/filename").asString()).isEqualTo("/a/one.jpg");
        assertThat(below.at("/0/annotations")).hasSize(2);
        assertThat(zip.header("content-type")).isEqualTo("application/zip");
        assertThat(zip.header("content-disposition")).startsWith("attachment");
        assertThat(zip.text()).startsWith("PK").contains("a/one.jpg.json");
        assertThat(owner().get(files + "/zip/chunks").status()).isEqualTo(200);
        assertThat(owner().get(files + "/json?directory=../a").status()).isEqualTo(400);
    }

    @Test
    void tellsTheDatasetServiceHowManyThereAre() {
        annotated(itemId, BOX, BOX);

        JsonNode counts = service()
                .post("/internal/datasets/counts", Map.of("datasetIds", List.of(datasetId)))
                .json();

        assertThat(counts.at("/0/annotationsCount").asInt()).isEqualTo(2);
        assertThat(counts.at("/0/annotatedCount").asInt()).isEqualTo(1);
    }

    private String logged(String item) {
        return "/api/v1/datasets/" + datasetId + "/items/" + item + "/annotations-log";
    }

    @Test
    void tellsWhoHasMadeChangedAndDeletedAnnotations() {
        Reply made = as("annotator").post(path(itemId), "[" + said("point", "ewe") + "," + said("class", "ram") + "]");
        String first = made.at("/0/id").asString();
        String second = made.at("/1/id").asString();
        owner().put("/api/v1/annotations/" + first, """
                {"label": "lamb", "coordinates": {"x": 5, "y": 2}, "metadata": {"user": {"n": 1}, "system": {"frame": 3}}}""");
        owner().put("/api/v1/annotations/" + first, "{\"label\": \"lamb\", \"metadata\": {\"user\": {\"n\": null}}}");
        owner().delete("/api/v1/annotations/" + first);

        Reply log = as("annotator").get(logged(itemId));

        assertThat(log.status()).as(log.toString()).isEqualTo(200);
        assertThat(log.json().propertyNames()).containsExactly(first, second);
        assertThat(log.at("/" + second)).hasSize(1);
        assertThat(log.at("/" + second + "/0/user").asString()).isEqualTo("annotator@example.org");
        assertThat(log.at("/" + second + "/0/changes").toString()).isEqualTo("{\"type\":\"class\",\"label\":\"ram\"}");
        JsonNode events = log.at("/" + first);
        assertThat(events).hasSize(4);
        assertThat(events.at("/0/changes/label").asString()).isEqualTo("ewe");
        assertThat(events.at("/0/timestamp").asString())
                .isEqualTo(made.at("/0/createdAt").asString());
        assertThat(events.at("/1/user").asString()).isEqualTo("owner@example.org");
        assertThat(events.at("/1/annotationId").asString()).isEqualTo(first);
        assertThat(events.at("/1/fields").toString())
                .isEqualTo("[\"coordinates\",\"label\",\"metadata.system.frame\",\"metadata.user\"]");
        assertThat(events.at("/1/changes").toString())
                .isEqualTo("{\"label\":\"lamb\",\"coordinates\":{\"x\":5},\"metadata\":{\"system\":{\"frame\":3},"
                        + "\"user\":{\"n\":1}}}");
        assertThat(events.at("/2/changes").toString()).isEqualTo("{\"metadata\":{\"user\":{\"n\":null}}}");
        assertThat(events.at("/2").has("deleted")).isFalse();
        assertThat(events.at("/3/deleted").asBoolean()).isTrue();
        assertThat(events.at("/3/user").asString()).isEqualTo("owner@example.org");
        assertThat(as("stranger").get(logged(itemId)).status()).isEqualTo(404);
        assertThat(owner().get(logged(new ObjectId().toHexString())).status()).isEqualTo(404);
        assertThat(owner().get(logged(itemId) + "?pageSize=0").field()).isEqualTo("pageSize");
        assertThat(owner().get(logged(itemId) + "?cursor=x").field()).isEqualTo("cursor");
    }

    @Test
    void tellsOfEventsPageByPage() {
        List<String> ids = new ArrayList<>();
        for (int number = 0; number < 5; number++) {
            String id = annotated(itemId, said("class", "a" + number));
            owner().put("/api/v1/annotations/" + id, "{\"label\": \"b\"}");
            ids.add(id);
        }
        delete(Map.of("annotationId", Map.of("$in", List.of(ids.get(1), ids.get(4)))));

        List<String> whole = eventsIn(owner().get(logged(itemId)));

        assertThat(whole).hasSize(12).doesNotHaveDuplicates();
        for (int pageSize : List.of(1, 3, 4)) {
            assertThat(eventsInPages(itemId, pageSize)).isEqualTo(whole);
        }
    }

    private List<String> eventsInPages(String item, int pageSize) {
        List<String> found = new ArrayList<>();
        String next = logged(item) + "?pageSize=" + pageSize;
        for (int pages = 0; !next.isEmpty() && pages < 40; pages++) {
            Reply page = owner().get(next);
            assertThat(page.status()).as(page.toString()).isEqualTo(200);
            assertThat(eventsIn(page).size()).isLessThanOrEqualTo(pageSize);
            found.addAll(eventsIn(page));
            String link = Objects.requireNonNullElse(page.header("Link"), "");
            next = link.contains("rel=\"next\"") ? link.replaceAll("^<[^>]*(/api/v1/[^>]*)>.*", "$1") : "";
        }
        return found;
    }

    private static List<String> eventsIn(Reply reply) {
        List<String> ids = new ArrayList<>();
        reply.json()
                .forEach(events ->
                        events.forEach(event -> ids.add(event.path("id").asString())));
        return ids;
    }

    @Test
    void losesNoEventOfWhatManyChangeAndDeleteAtOnce() throws Exception {
        List<String> ids = List.of(annotated(itemId, BOX), annotated(itemId, BOX));
        List<Callable<Reply>> changes = new ArrayList<>();
        for (int number = 0; number < 12; number++) {
            String change = "{\"metadata\":{\"user\":{\"n" + number + "\":1}}}";
            changes.add(() -> owner().put("/api/v1/annotations/" + ids.get(0), change));
            changes.add(() -> owner().put("/api/v1/annotations/" + ids.get(1), change));
        }
        changes.add(10, () -> owner().delete("/api/v1/annotations/" + ids.get(1)));
        changes.add(14, () -> delete(Map.of("annotationId", ids.get(1))));

        List<Reply> replies = atOnce(changes);

        assertThat(replies).allMatch(reply -> Set.of(200, 204, 404, 409).contains(reply.status()));
        long changed = replies.stream()
                .filter(reply -> reply.status() == 200 && reply.json().has("label"))
                .count();
        Reply log = owner().get(logged(itemId));
        assertThat(eventsIn(log)).hasSize((int) changed + 3).doesNotHaveDuplicates();
        assertThat(log.at("/" + ids.get(1) + "/0/changes/label").asString()).isEqualTo("cat");
        JsonNode ofDeleted = log.at("/" + ids.get(1));
        assertThat(ofDeleted.at("/" + (ofDeleted.size() - 1) + "/deleted").asBoolean())
                .isTrue();
    }

    @Test
    void tellsOfNothingThatACrashHasPrevented() {
        String id = annotated(itemId, BOX);
        AnnotationState state =
                Objects.requireNonNull(annotations.states(List.of(id)).blockLast(PATIENCE));

        log.keep(state).block(PATIENCE);
        log.keepDeletion(List.of(state), "somebody@example.org").block(PATIENCE);

        assertThat(eventsIn(owner().get(logged(itemId)))).hasSize(1);
        owner().put("/api/v1/annotations/" + id, "{\"label\":\"dog\"}");
        assertThat(eventsIn(owner().get(logged(itemId)))).hasSize(2);
        owner().delete("/api/v1/annotations/" + id);
        JsonNode events = owner().get(logged(itemId)).at("/" + id);
        assertThat(events).hasSize(3);
        assertThat(events.at("/1/changes/label").asString()).isEqualTo("dog");
        assertThat(events.at("/2/user").asString()).isEqualTo("owner@example.org");
    }

    @Test
    void forgetsEventsWithTheItemAndWithTheDataset() {
        String second = owner().upload(datasetId, "/a/two.jpg", "2").id();
        for (String item : List.of(itemId, second)) {
            owner().put("/api/v1/annotations/" + annotated(item, BOX), "{\"label\":\"dog\"}");
        }
        assertThat(kept(itemId)).isEqualTo(1);

        owner().delete("/api/v1/items/" + itemId);
        service().delete("/internal/datasets/" + datasetId);

        assertThat(kept(itemId)).isZero();
        assertThat(kept(second)).isZero();
    }

    private long kept(String item) {
        return Objects.requireNonNull(mongo.getCollection(LoggedEvent.COLLECTION)
                .flatMapMany(events -> Flux.from(events.countDocuments(new Document("itemId", new ObjectId(item)))))
                .blockLast(PATIENCE));
    }

    @Test
    void keepsTheNewestEventsForALimitedTime() {
        MovableClock clock = new MovableClock();
        AnnotationLog short50 = new AnnotationLog(
                mongo, annotations, new AnnotationProperties(1, 1, PATIENCE, 50, Duration.ofDays(2)), clock);
        String id = new ObjectId().toHexString();
        Flux.range(121, 80)
                .concatMap(version -> short50.keep(state(id, version, clock)))
                .blockLast(PATIENCE);

        List<String> last = eventsOf(short50);
        clock.advance(Duration.ofDays(1));
        short50.keep(state(new ObjectId().toHexString(), 1, clock)).block(PATIENCE);
        clock.advance(Duration.ofDays(1).plusSeconds(1));
        short50.forgetOld().block(PATIENCE);

        assertThat(last).hasSize(50).endsWith(AnnotationEvent.idOf(id, 200));
        assertThat(eventsOf(short50)).hasSize(1);
    }

    private AnnotationState state(String id, long version, MovableClock clock) {
        return new AnnotationState(
                id, version, itemId, datasetId, "class", "x", "me@example.org", clock.instant(), null);
    }

    private List<String> eventsOf(AnnotationLog events) {
        return Objects.requireNonNull(events.of(itemId, "", 1_000).block(PATIENCE)).events().stream()
                .map(AnnotationEvent::id)
                .toList();
    }

    @Test
    void tellsOnlyTheNameOfWhatIsLarge() {
        String id = annotated(itemId, said("segment", "x"));
        String points = String.join(",", Collections.nCopies(5_000, "{\"x\":1,\"y\":1}"));

        owner().put("/api/v1/annotations/" + id, "{\"label\":\"y\",\"coordinates\":[[" + points + "]]}");

        JsonNode event = owner().get(logged(itemId)).at("/" + id + "/1");
        assertThat(event.path("fields").toString()).isEqualTo("[\"coordinates\",\"label\"]");
        assertThat(event.path("changes").toString()).isEqualTo("{\"label\":\"y\"}");
    }

    private static String bulk(String dataset) {
        return "/api/v1/datasets/" + dataset + "/annotations/bulk";
    }

    private static Reply lines(Client who, String dataset, String... lines) {
        return who.send(
                "POST", bulk(dataset), "application/x-ndjson", BodyPublishers.ofString(String.join("\n", lines)));
    }

    private static String of(String item, String said) {
        return "{\"itemId\":\"" + item + "\"," + said.substring(1);
    }

    private static String boxOf(String item) {
        return BOX.replace("\n", " ").replace("\"itemId\": \"x\"", "\"itemId\": \"" + item + "\"");
    }

    private static List<JsonNode> told(Reply reply) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return reply.text().lines().map(JSON::readTree).toList();
    }

    @Test
    void letsMembersAnnotateManyItemsAndNobodyElse() {
        String line = of(itemId, said("class", "x"));

        assertThat(lines(nobody(), datasetId, line).status()).isEqualTo(401);
        assertThat(lines(as("stranger"), datasetId, line).status()).isEqualTo(404);
        assertThat(as("stranger").post(bulk(datasetId), "[" + line + "]").status())
                .isEqualTo(404);
        assertThat(lines(narrowed("owner", "items:read", null), datasetId, line).status())
                .isEqualTo(403);
        assertThat(lines(as("annotator"), datasetId, line).status()).isEqualTo(200);
        assertThat(item().path("annotationsCount").asInt()).isEqualTo(1);
    }

    @Test
    void annotatesManyItemsByLines() {
        List<String> itemIds = new ArrayList<>();
        for (int number = 0; number < 7; number++) {
            itemIds.add(owner().upload(datasetId, "/many/" + number + ".jpg", "many")
                    .id());
        }
        String[] said = IntStream.range(0, 2_100)
                .mapToObj(number -> of(itemIds.get(number % 7), said("box", "label " + number % 3)))
                .toArray(String[]::new);

        List<JsonNode> told = told(lines(as("annotator"), datasetId, said));

        assertThat(told.stream().map(JsonNode::toString))
                .containsExactly(
                        "{\"from\":1,\"to\":1000,\"created\":1000,\"failed\":0}",
                        "{\"from\":1001,\"to\":2000,\"created\":1000,\"failed\":0}",
                        "{\"from\":2001,\"to\":2100,\"created\":100,\"failed\":0}",
                        "{\"totals\":{\"created\":2100,\"failed\":0}}");
        for (String id : itemIds) {
            JsonNode found = owner().get("/api/v1/items/" + id).json();
            assertThat(found.path("annotationsCount").asInt()).isEqualTo(300);
            assertThat(found.path("annotated").asBoolean()).isTrue();
            assertThat(owner().get(path(id)).json()).hasSize(300);
        }
        assertThat(query(Map.of("resource", "annotations", "filter", Map.of("label", "label 1"), "pageSize", 0))
                        .at("/totalItemsCount")
                        .asInt())
                .isEqualTo(700);
        assertThat(marks()).isEmpty();
    }

    @Test
    void saysWhichLinesAreWrongAndKeepsTheOthers() {
        String elsewhere = owner().upload(newDataset(), "/other.jpg", "x").id();
        String directory = owner().postForm("/api/v1/datasets/" + datasetId + "/items", "type=dir&path=/directory")
                .id();

        List<JsonNode> told = told(lines(
                owner(),
                datasetId,
                boxOf(itemId),
                "",
                "{\"itemId\":",
                "[]",
                said("class", "x"),
                of(elsewhere, said("class", "x")),
                of(directory, said("class", "x")),
                of("nothing", said("class", "x")),
                of(itemId, "{\"type\":\"point\",\"label\":\"x\",\"coordinates\":{\"x\":\"1\"}}"),
                of(itemId, said("class", "y"))));

        assertThat(told.stream()
                        .filter(line -> line.has("line"))
                        .map(line -> line.path("line").asInt() + " "
                                + line.at("/problem/errors/0/field").asString() + " "
                                + line.at("/problem/status").asInt()))
                .containsExactly(
                        "3 line 400",
                        "4 line 400",
                        "5 itemId 400",
                        "6 itemId 400",
                        "7 itemId 400",
                        "8 itemId 400",
                        "9 coordinates.x 400");
        assertThat(told.get(told.size() - 2).toString()).isEqualTo("{\"from\":1,\"to\":10,\"created\":2,\"failed\":7}");
        assertThat(owner().get(path(itemId)).json()).hasSize(2);
        assertThat(owner().get(path(elsewhere)).json()).isEmpty();
    }

    @Test
    void storesWhatLinesSayAsIfItWereSaidOfOneItem() {
        String id = annotated(itemId, BOX);
        String other = owner().upload(datasetId, "/a/two.jpg", "two").id();

        lines(owner(), datasetId, boxOf(other));

        Document one = stored(new Document("_id", new ObjectId(id)));
        Document two = stored(new Document("itemId", new ObjectId(other)));
        List.of("_id", "itemId", "createdAt", "updatedAt").forEach(field -> {
            one.remove(field);
            two.remove(field);
        });
        assertThat(two).isEqualTo(one);
        assertThat(owner().get(logged(other)).json()).hasSize(1);
    }

    private static String withId(String id, String said) {
        return "{\"id\":\"" + id + "\"," + said.replace("\"id\": null,", "").substring(1);
    }

    private Reply linesWithIds(String dataset, List<String> lines) {
        return owner().send(
                        "POST",
                        bulk(dataset) + "?withIds=true",
                        "application/x-ndjson",
                        BodyPublishers.ofString(String.join("\n", lines)));
    }

    @Test
    void makesLinesThatAreSentAgainOnlyOnce() {
        List<String> ids = IntStream.range(0, 1_500).mapToObj(number -> id()).toList();
        List<String> lines = IntStream.range(0, 1_500)
                .mapToObj(number -> withId(ids.get(number), of(itemId, said("box", "label " + number % 3))))
                .toList();

        List<JsonNode> cut = told(linesWithIds(datasetId, lines.subList(0, 1_200)));
        List<JsonNode> again = told(linesWithIds(datasetId, lines));

        assertThat(cut.get(cut.size() - 1).toString())
                .isEqualTo("{\"totals\":{\"created\":1200,\"skipped\":0,\"failed\":0}}");
        assertThat(again.stream().map(JsonNode::toString))
                .containsExactly(
                        "{\"from\":1,\"to\":1000,\"created\":0,\"skipped\":1000,\"failed\":0}",
                        "{\"from\":1001,\"to\":1500,\"created\":300,\"skipped\":200,\"failed\":0}",
                        "{\"totals\":{\"created\":300,\"skipped\":1200,\"failed\":0}}");
        assertThat(item().path("annotationsCount").asInt()).isEqualTo(1_500);
        assertThat(owner().get(path(itemId))
                        .json()
                        .valueStream()
                        .map(one -> one.path("id").asString()))
                .containsExactlyElementsOf(ids);
        assertThat(marks()).isEmpty();
    }

    @Test
    void refusesALineWhoseIdSaysSomethingElse() {
        String other = owner().upload(datasetId, "/a/two.jpg", "two").id();
        String taken = annotated(itemId, BOX);
        String gone = annotated(itemId, BOX);
        assertThat(owner().delete("/api/v1/annotations/" + gone).status()).isEqualTo(204);
        String mine = id();
        String newer = id();

        List<JsonNode> told = told(linesWithIds(
                datasetId,
                List.of(
                        withId(taken, of(itemId, said("class", "x"))),
                        withId(taken, boxOf(other)),
                        withId(taken.toUpperCase(Locale.ROOT), boxOf(itemId.toUpperCase(Locale.ROOT))),
                        withId(mine, of(itemId, said("class", "x"))),
                        withId(mine, of(itemId, said("class", "y"))),
                        withId("7", of(itemId, said("class", "x"))),
                        of(itemId, said("class", "x")),
                        withId(
                                mine,
                                of(
                                        itemId,
                                        "{\"type\":\"class\",\"label\":\"x\",\"metadata\":{\"system\":{\"parentId\":\""
                                                + newer + "\"}}}")),
                        withId(gone, boxOf(itemId)))));

        assertThat(told.stream()
                        .filter(line -> line.has("line"))
                        .map(line -> line.path("line").asInt() + " "
                                + line.at("/problem/errors/0/field").asString() + " "
                                + line.at("/problem/status").asInt()))
                .containsExactly(
                        "1 id 409",
                        "2 id 409",
                        "5 id 409",
                        "6 id 400",
                        "7 id 400",
                        "8 metadata.system.parentId 400",
                        "9 id 409");
        assertThat(told.get(told.size() - 1).toString())
                .isEqualTo("{\"totals\":{\"created\":1,\"skipped\":1,\"failed\":7}}");
        assertThat(owner().get(path(itemId)).json()).hasSize(2);
        assertThat(owner().get(path(other)).json()).isEmpty();
    }

    @Test
    void takesIdsOfItemsInUpperCaseAsPathsDo() {
        String upper = itemId.toUpperCase(Locale.ROOT);

        List<JsonNode> told = told(lines(owner(), datasetId, of(upper, said("class", "x"))));
        Reply listed = owner().post(bulk(datasetId), "[" + of(upper, said("class", "y")) + "]");

        assertThat(told.get(told.size() - 1).toString()).isEqualTo("{\"totals\":{\"created\":1,\"failed\":0}}");
        assertThat(listed.at("/0/itemId").asString()).isEqualTo(itemId);
        assertThat(owner().get(path(upper)).json()).hasSize(2);
    }

    @Test
    void storesManyLongLinesAtOnceWithoutHoldingAllOfThem() {
        // Ten of these are more than all requests together may have in memory.
        String note = "x".repeat(4 * 1024 * 1024);
        String[] said = IntStream.range(0, 10)
                .mapToObj(number -> of(
                        itemId, "{\"type\":\"class\",\"label\":\"" + number + "\",\"description\":\"" + note + "\"}"))
                .toArray(String[]::new);

        List<JsonNode> told = told(lines(owner(), datasetId, said));

        assertThat(told.get(told.size() - 1).toString()).isEqualTo("{\"totals\":{\"created\":10,\"failed\":0}}");
        assertThat(item().path("annotationsCount").asInt()).isEqualTo(10);
    }

    private Document stored(Document filter) {
        return Objects.requireNonNull(mongo.getCollection(Annotation.COLLECTION)
                .flatMapMany(all -> all.find(filter))
                .blockFirst(PATIENCE));
    }

    @Test
    void storesAListOfManyItemsWholeOrNotAtAll() {
        String other = owner().upload(datasetId, "/a/two.jpg", "two").id();
        String right = of(itemId, said("class", "x"));

        Reply wrong = owner().post(bulk(datasetId), "[" + right + "," + of(other, said("class", "")) + "]");
        Reply unknown = owner().post(bulk(datasetId), "[" + right + "," + of(id(), said("class", "x")) + "]");
        Reply none = owner().post(bulk(datasetId), "[" + right + ",null]");
        assertThat(found(Map.of())).isEmpty();
        Reply made = owner().post(bulk(datasetId), "[" + right + "," + of(other, said("point", "y")) + "]");

        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.field()).isEqualTo("[1].label");
        assertThat(unknown.field()).isEqualTo("[1].itemId");
        assertThat(none.field()).isEqualTo("[1]");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.at("/0/itemId").asString()).isEqualTo(itemId);
        assertThat(made.at("/1")).isEqualTo(owner().get(path(other)).at("/0"));
        assertThat(item().path("annotationsCount").asInt()).isEqualTo(1);
    }

    private static String id() {
        return new ObjectId().toHexString();
    }

    @Test
    void refusesLinesWhoseLabelTheDatasetDoesNotTake() {
        String strict = newDataset();
        takesOnly(strict, "sheep");
        String item = owner().upload(strict, "/one.jpg", "one").id();

        List<JsonNode> told = told(lines(
                owner(),
                strict,
                of(item, said("class", "sheep")),
                of(item, said("class", "goat")),
                of(item, NOTE.replace("\n", " "))));

        assertThat(told.get(0).at("/problem/errors/0/field").asString()).isEqualTo("label");
        assertThat(told.get(0).path("line").asInt()).isEqualTo(2);
        assertThat(owner().get(path(item)).json()).hasSize(2);
    }

    @Test
    void countsRightWhenManySendLinesAndDeleteAtTheSameTime() throws Exception {
        String other = owner().upload(datasetId, "/a/two.jpg", "two").id();
        String[] said = IntStream.range(0, 300)
                .mapToObj(number -> of(number % 2 == 0 ? itemId : other, said("class", "x")))
                .toArray(String[]::new);
        List<Callable<Reply>> calls = new ArrayList<>(Collections.nCopies(4, () -> lines(owner(), datasetId, said)));
        calls.add(2, () -> owner().delete("/api/v1/items/" + other));

        atOnce(calls);

        assertThat(item().path("annotationsCount").asInt()).isEqualTo(600);
        assertThat(owner().get(path(itemId)).json()).hasSize(600);
        assertThat(found(Map.of("itemId", other))).isEmpty();
        assertThat(marks()).isEmpty();
    }

    private AnnotationStream stream(Duration longestSilence) {
        AnnotationProperties few = new AnnotationProperties(1, 1, longestSilence, 50, Duration.ofDays(2));
        return new AnnotationStream(datasets, labels, items, edit, few, JSON);
    }

    private static HttpStatusCode failure(Flux<AnnotationStream.Outcome> outcomes) {
        return assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> outcomes.blockLast(PATIENCE))
                .actual()
                .getStatusCode();
    }

    @Test
    void takesOnlySoManyRequestsWithLinesAtOnce() {
        AnnotationStream one = stream(PATIENCE);
        Caller caller = new Caller("owner@example.org", Set.of(Caller.USER), "", Reach.EVERYTHING, "");

        Disposable first = one.create(datasetId, Flux.never(), false, caller).subscribe();
        HttpStatusCode second = failure(one.create(datasetId, Flux.never(), false, caller));
        first.dispose();

        assertThat(second.value()).isEqualTo(503);
        assertThat(one.create(datasetId, Flux.empty(), false, caller)
                        .collectList()
                        .block(PATIENCE))
                .isEmpty();
    }

    @Test
    void givesUpARequestThatSendsNothingMore() {
        Caller caller = new Caller("owner@example.org", Set.of(Caller.USER), "", Reach.EVERYTHING, "");

        assertThat(failure(stream(Duration.ofMillis(50)).create(datasetId, Flux.never(), false, caller))
                        .value())
                .isEqualTo(408);
    }
}
