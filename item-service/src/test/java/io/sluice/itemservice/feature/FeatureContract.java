package io.sluice.itemservice.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.sluice.itemservice.project.GoneProjects;
import io.sluice.itemservice.testing.Client;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import io.sluice.kit.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.bson.types.Binary;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** Feature sets and vectors, what they go with, and which are nearest (contract ml §C). */
abstract class FeatureContract extends RunningItemService {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String SETS = "/api/v1/features/sets";
    private static final String VECTORS = "/api/v1/features/vectors";

    private final String datasetId = newDataset();
    private String itemId = "";
    private String setId = "";

    @Autowired
    private ReactiveMongoTemplate mongo;

    @Autowired
    private FeatureSets sets;

    @Autowired
    private FeatureVectors vectors;

    @Autowired
    private List<FeatureEntities> entities;

    @Autowired
    private GoneProjects goneProjects;

    @BeforeEach
    void make() {
        itemId = upload("one");
        setId = newSet("item", 3);
    }

    private String upload(String name) {
        return owner().upload(datasetId, "/" + name + ".txt", name).id();
    }

    private static Map<String, Object> said(String name, String entityType, int size) {
        Map<String, Object> said = new HashMap<>();
        said.put("name", name);
        said.put("size", size);
        said.put("type", "modelFC");
        said.put("project", PROJECT);
        said.put("modelId", null);
        said.put("entityType", entityType);
        return said;
    }

    private String newSet(String entityType, int size) {
        Reply made = owner().post(SETS, said(new ObjectId().toHexString(), entityType, size));
        assertThat(made.status()).as(made.toString()).isEqualTo(200);
        return made.at("/0/id").asString();
    }

    private Map<String, Object> vector(String set, String entityId, Object value) {
        return new HashMap<>(Map.of(
                "featureSetId", set, "entityId", entityId, "datasetId", datasetId, "project", PROJECT, "value", value));
    }

    private String newVector(String set, String entityId, Object value) {
        Reply made = owner().post(VECTORS, List.of(vector(set, entityId, value)));
        assertThat(made.status()).as(made.toString()).isEqualTo(200);
        return made.at("/0/id").asString();
    }

    private Reply query(String path, Map<String, Object> query) {
        Map<String, Object> whole = new HashMap<>(Map.of("context", Map.of("projects", List.of(PROJECT))));
        whole.putAll(query);
        Reply reply = owner().post(path + "/query", whole);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return reply;
    }

    private JsonNode vectorsOf(String set) {
        return query(VECTORS, Map.of("resource", "feature_vectors", "filter", Map.of("featureSetId", set)))
                .at("/items");
    }

    @Test
    void letsEngineersMakeSetsAndMembersReadThem() {
        Map<String, Object> set = said("rights " + setId, "item", 2);
        assertThat(nobody().post(SETS, set).status()).isEqualTo(401);
        assertThat(as("stranger").post(SETS, set).status()).isEqualTo(404);
        assertThat(as("annotationmanager").post(SETS, set).status()).isEqualTo(403);
        assertThat(narrowed("owner", "items:read", null).post(SETS, set).status())
                .isEqualTo(403);
        assertThat(as("engineer").post(SETS, set).status()).isEqualTo(200);

        String id = newVector(setId, itemId, List.of(1, 2, 3));
        for (String path : List.of(SETS + "/" + setId, VECTORS + "/" + id)) {
            assertThat(as("annotator").get(path).status()).isEqualTo(200);
            assertThat(as("stranger").get(path).status()).isEqualTo(404);
            assertThat(as("stranger").delete(path).status()).isEqualTo(404);
            assertThat(as("annotator").delete(path).status()).isEqualTo(403);
        }
        Map<String, Object> search = Map.of("vectorId", id);
        assertThat(as("annotator").post(VECTORS + "/search", search).status()).isEqualTo(200);
        assertThat(narrowed("annotator", "items:read", null)
                        .post(VECTORS + "/search", search)
                        .status())
                .isEqualTo(200);
        assertThat(as("stranger").post(VECTORS + "/search", search).status()).isEqualTo(404);
        assertThat(as("annotator")
                        .post(VECTORS, List.of(vector(setId, itemId, List.of(1, 2, 3))))
                        .status())
                .isEqualTo(403);
        assertThat(as("stranger")
                        .post(VECTORS, List.of(vector(setId, itemId, List.of(1, 2, 3))))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void keepsSetsAsTheSdkMakesThem() {
        Reply made = owner().post(SETS, said("sdk " + setId, "annotation", 256));
        Reply read = owner().get(SETS + "/" + made.at("/0/id").asString());
        Reply twice = owner().post(SETS, said("sdk " + setId, "item", 2));
        Reply bulk = owner().post(SETS, List.of(said("bulk " + setId, "item", 2), said("sdk " + setId, "item", 2)));
        Reply two =
                owner().post(SETS, List.of(said("bulk " + setId, "item", 2), said("bulk 2 " + setId, "dataset", 2)));

        assertThat(made.json()).hasSize(1);
        assertThat(made.at("/0")).isEqualTo(read.json());
        assertThat(read.at("/project").asString()).isEqualTo(PROJECT);
        assertThat(read.at("/entityType").asString()).isEqualTo("annotation");
        assertThat(read.at("/modelId").isNull()).isTrue();
        assertThat(read.at("/size").asInt()).isEqualTo(256);
        assertThat(read.at("/creator").asString()).isEqualTo("owner@example.org");
        assertThat(read.at("/url").asString()).endsWith(SETS + "/" + read.id());
        assertThat(twice.status()).isEqualTo(400);
        assertThat(twice.field()).isEqualTo("name");
        assertThat(bulk.field()).isEqualTo("[1].name");
        assertThat(two.json()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"project":"P","type":"t","entityType":"item","size":2}                | name
            {"project":"P","name":"","type":"t","entityType":"item","size":2}      | name
            {"project":"P","name":"n","entityType":"item","size":2}                | type
            {"project":"P","name":"n","type":"t","entityType":"user","size":2}     | entityType
            {"project":"P","name":"n","type":"t","entityType":"item","size":0}     | size
            {"project":"P","name":"n","type":"t","entityType":"item","size":65537} | size
            {"project":"P","name":"n","type":"t","entityType":"item","size":1.5}   | size
            {"name":"n","type":"t","entityType":"item","size":2}                   | project
            {"project":"P","name":"n","type":"t","entityType":"item","size":2,"tags":[1]} | tags[0]
            [1]                                                                    | [0]
            """)
    void refusesASetThatItDoesNotUnderstand(String body, String field) {
        Reply reply = owner().post(SETS, body.replace("\"P\"", "\"" + PROJECT + "\""));

        assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
        assertThat(reply.field()).isEqualTo(field);
    }

    @Test
    void changesSets() {
        String path = SETS + "/" + setId;
        Reply before = owner().get(path);
        Map<String, Object> whole = said("renamed " + setId, "item", 3);
        whole.put("tags", List.of("new"));

        Reply changed = as("engineer").patch(path, whole);
        Reply longer = owner().patch(path, "{\"size\":4}");
        Reply taken = owner().patch(
                        path,
                        Map.of(
                                "name",
                                owner().get(SETS + "/" + newSet("item", 1))
                                        .at("/name")
                                        .asString()));
        Reply stale =
                owner().patch(path, "{\"type\":\"2d\"}", "If-Match", Objects.requireNonNull(before.header("ETag")));

        assertThat(changed.at("/name").asString()).isEqualTo("renamed " + setId);
        assertThat(changed.at("/tags").toString()).isEqualTo("[\"new\"]");
        assertThat(changed.at("/updatedBy").asString()).isEqualTo("engineer@example.org");
        assertThat(changed.at("/creator").asString()).isEqualTo("owner@example.org");
        assertThat(longer.field()).isEqualTo("size");
        assertThat(taken.field()).isEqualTo("name");
        assertThat(stale.status()).isEqualTo(412);
        assertThat(owner().get(path).json()).isEqualTo(changed.json());
        assertThat(as("annotator").patch(path, "{}").status()).isEqualTo(403);
        assertThat(owner().patch(SETS + "/" + new ObjectId(), "{}").status()).isEqualTo(404);
        assertThat(owner().patch(SETS + "/some_id", "{}").status()).isEqualTo(400);
    }

    @Test
    void givesBackTheNumbersThatWereSent() {
        String numbers = "[0.1,-1.5E-300,0.30000001192092896]";

        Reply made = owner().post(
                        VECTORS,
                        "{\"featureSetId\":\"" + setId + "\",\"entityId\":\"" + itemId + "\",\"value\":" + numbers
                                + ",\"version\":\"1\"}");

        assertThat(made.status()).as(made.toString()).isEqualTo(200);
        assertThat(made.json()).hasSize(1);
        Reply read = owner().get(VECTORS + "/" + made.at("/0/id").asString());
        assertThat(read.json()).isEqualTo(made.at("/0"));
        assertThat(read.at("/value").toString()).isEqualTo(numbers);
        assertThat(read.at("/datasetId").asString()).isEqualTo(datasetId);
        assertThat(read.at("/project").asString()).isEqualTo(PROJECT);
        assertThat(read.at("/version").asString()).isEqualTo("1");
        assertThat(read.json().has("parentId")).isFalse();
        assertThat(owner().delete(VECTORS + "/" + read.id()).status()).isEqualTo(204);
        assertThat(owner().get(VECTORS + "/" + read.id()).status()).isEqualTo(404);
        assertThat(owner().get(VECTORS + "/some_id").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"featureSetId":"S","entityId":"E","value":[1,2]}                     | 400 | [1].value
            {"featureSetId":"S","entityId":"E","value":[]}                        | 400 | [1].value
            {"featureSetId":"S","entityId":"E","value":[1,2,1e999]}               | 400 | [1].value[2]
            {"featureSetId":"S","entityId":"E","value":[1,2,1e101]}               | 400 | [1].value[2]
            {"featureSetId":"S","entityId":"E","value":[1,"NaN",3]}               | 400 | [1].value[1]
            {"featureSetId":"S","entityId":"E","value":[1,null,3]}                | 400 | [1].value[1]
            {"featureSetId":"S","entityId":"E","value":[1,NaN,3]}                 | 400 |
            {"featureSetId":"S","entityId":"E"}                                   | 400 | [1].value
            {"featureSetId":"S","value":[1,2,3]}                                  | 400 | [1].entityId
            {"featureSetId":"S","entityId":"6b0183990000000000001009","value":[1,2,3]} | 404 | [1].entityId
            {"featureSetId":"6b0183990000000000001009","entityId":"E","value":[1,2,3]} | 404 | [1].featureSetId
            {"featureSetId":"S","entityId":"E","value":[1,2,3],"project":"x"}     | 400 | [1].project
            {"featureSetId":"S","entityId":"E","value":[1,2,3],"datasetId":"x"}   | 400 | [1].datasetId
            {"featureSetId":"S","entityId":"E","value":[1,2,3],"version":1}       | 400 | [1].version
            """)
    void refusesABatchWithABadVectorWhole(String bad, int status, String field) {
        String good = "{\"featureSetId\":\"S\",\"entityId\":\"E\",\"value\":[1,2,3]}";
        String body = ("[" + good + "," + bad + "]")
                .replace("\"S\"", "\"" + setId + "\"")
                .replace("\"E\"", "\"" + itemId + "\"");

        Reply reply = owner().post(VECTORS, body);

        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        assertThat(reply.text()).contains(field == null ? "" : "\"" + field + "\"");
        assertThat(vectorsOf(setId)).isEmpty();
    }

    @Test
    void refusesMoreThanOneRequestMayMake() {
        assertThat(owner().post(SETS, "[" + "{},".repeat(100) + "{}]").status()).isEqualTo(413);
        assertThat(owner().post(VECTORS, "[" + "{},".repeat(10_000) + "{}]").status())
                .isEqualTo(413);
        assertThat(owner().post(VECTORS, "[]").text()).isEqualTo("[]");
    }

    @Test
    void findsSetsAndVectorsByBothWaysOfPaging() {
        List<String> ids = new ArrayList<>();
        for (int number = 0; number < 5; number++) {
            ids.add(newVector(setId, itemId, List.of(number, 0.5, 1)));
        }
        Map<String, Object> ofSet = Map.of("featureSetId", setId);
        Map<String, Object> ascending = Map.of("id", "ascending");

        Reply first = query(VECTORS, Map.of("filter", ofSet, "sort", ascending, "page", 0, "pageSize", 2));
        Reply next = query(
                VECTORS,
                Map.of(
                        "filter",
                        Map.of("$and", List.of(ofSet, Map.of("id", Map.of("$gt", ids.get(1))))),
                        "sort",
                        ascending,
                        "pageSize",
                        2));
        Reply last = query(
                VECTORS,
                Map.of(
                        "filter",
                        Map.of("$and", List.of(ofSet, Map.of("id", Map.of("$gt", ids.get(3))))),
                        "pageSize",
                        2));
        Reply second = query(VECTORS, Map.of("filter", ofSet, "page", 1, "pageSize", 2));
        Reply named = query(VECTORS, Map.of("filter", ofSet, "select", Map.of("entityId", 1), "pageSize", 1));

        assertThat(first.at("/totalItemsCount").asInt()).isEqualTo(5);
        assertThat(first.at("/hasNextPage").asBoolean()).isTrue();
        assertThat(next.at("/totalItemsCount").asInt()).isEqualTo(3);
        assertThat(next.at("/hasNextPage").asBoolean()).isTrue();
        assertThat(last.at("/totalItemsCount").asInt()).isEqualTo(1);
        assertThat(last.at("/hasNextPage").asBoolean()).isFalse();
        assertThat(second.at("/items")).isEqualTo(next.at("/items"));
        assertThat(named.at("/items/0").toString())
                .isEqualTo("{\"entityId\":\"" + itemId + "\",\"id\":\"" + ids.get(0) + "\"}");
        assertThat(query(VECTORS, Map.of("filter", ofSet, "pageSize", 0))
                        .at("/totalItemsCount")
                        .asInt())
                .isEqualTo(5);
        assertThat(query(VECTORS, Map.of("filter", Map.of("entityId", itemId, "datasetId", datasetId)))
                        .at("/items"))
                .hasSize(5);
        assertThat(owner().get(VECTORS + "?page=0&pageSize=3").json()).hasSize(3);
        assertThat(as("stranger").get(VECTORS).text()).isEqualTo("[]");

        String name = owner().get(SETS + "/" + setId).at("/name").asString();
        assertThat(query(
                                SETS,
                                Map.of(
                                        "resource",
                                        "feature_sets",
                                        "filter",
                                        Map.of("$and", List.of(Map.of("name", name)))))
                        .at("/items/0/id")
                        .asString())
                .isEqualTo(setId);
        assertThat(query(SETS, Map.of("filter", Map.of("id", Map.of("$in", List.of()))))
                        .at("/totalItemsCount")
                        .asInt())
                .isZero();
        assertThat(owner().post(SETS + "/query", "{}").at("/items")).isNotEmpty();
        assertThat(as("stranger").post(SETS + "/query", "{}").at("/items")).isEmpty();
        assertThat(as("stranger")
                        .post(SETS + "/query", Map.of("context", Map.of("projects", List.of(PROJECT))))
                        .status())
                .isEqualTo(404);
        assertThat(owner().post(VECTORS + "/query", "{\"delete\":true}").status())
                .isEqualTo(422);
        assertThat(owner().post(VECTORS + "/query", "{\"resource\":\"items\"}").status())
                .isEqualTo(422);
    }

    @Test
    void countsTheVectorsOfDatasetsBySet() {
        String other = newSet("item", 1);
        newVector(setId, itemId, List.of(1, 2, 3));
        newVector(setId, itemId, List.of(1, 2, 3));
        newVector(other, itemId, List.of(1));

        Reply counts = as("annotator")
                .post(
                        VECTORS + "/project-count-aggregation",
                        Map.of("projectId", PROJECT, "datasetIds", List.of(datasetId, newDataset())));

        assertThat(counts.json()).hasSize(2);
        Map<String, Integer> bySet = new HashMap<>();
        counts.json()
                .forEach(one -> bySet.put(
                        one.path("featureSetId").asString(), one.path("count").asInt()));
        assertThat(bySet).isEqualTo(Map.of(setId, 2, other, 1));
        assertThat(owner().post(VECTORS + "/project-count-aggregation", "{}").field())
                .isEqualTo("projectId");
    }

    @Test
    void comeAlongWithAnExport() {
        String other = newSet("item", 1);
        String id = newVector(setId, itemId, List.of(0.1, 2, 3));
        newVector(other, itemId, List.of(1));
        upload("two");

        JsonNode all = exported(Map.of("includeItemVectors", true, "itemsVectorQuery", Map.of()));
        JsonNode some = exported(Map.of(
                "includeItemVectors",
                true,
                "itemsVectorQuery",
                Map.of(
                        "select",
                        Map.of("value", 1),
                        "filter",
                        Map.of("$and", List.of(Map.of("featureSetId", setId))))));
        JsonNode none = exported(Map.of("itemsVectorQuery", Map.of()));

        assertThat(all.at("/0/itemVectors")).hasSize(2);
        assertThat(all.at("/1/itemVectors")).isEmpty();
        assertThat(some.at("/0/itemVectors").toString())
                .isEqualTo("[{\"id\":\"" + id + "\",\"datasetId\":\"" + datasetId + "\",\"featureSetId\":\"" + setId
                        + "\",\"value\":[0.1,2.0,3.0]}]");
        assertThat(none.at("/0").has("itemVectors")).isFalse();
    }

    private JsonNode exported(Map<String, Object> more) {
        Map<String, Object> body = new HashMap<>(Map.of("exportType", "json"));
        body.putAll(more);
        String command =
                owner().post("/api/v1/datasets/" + datasetId + "/export", body).id();
        String output = await().until(
                        () -> owner().get("/api/v1/commands/" + command)
                                .at("/spec/outputItemId")
                                .asString(""),
                        itemOfIt -> !itemOfIt.isEmpty());
        return owner().get("/api/v1/items/" + output + "/stream").json();
    }

    private Reply search(Map<String, Object> search) {
        return owner().post(VECTORS + "/search", search);
    }

    private static List<String> ids(Reply found) {
        assertThat(found.status()).as(found.toString()).isEqualTo(200);
        List<String> ids = new ArrayList<>();
        found.at("/items").forEach(one -> ids.add(one.path("id").asString()));
        return ids;
    }

    @Test
    void findsTheNearest() {
        String two = upload("two");
        String along = newVector(setId, itemId, List.of(1, 0, 0));
        String near = newVector(setId, two, List.of(0.9, 0.1, 0));
        String far = newVector(setId, two, List.of(9, 9, 0));

        Reply cosine = search(Map.of("featureSetId", setId, "value", List.of(2, 0, 0)));

        assertThat(ids(cosine)).containsExactly(along, near, far);
        assertThat(cosine.at("/metric").asString()).isEqualTo("cosine");
        assertThat(cosine.at("/items/0/score").asDouble()).isEqualTo(1);
        assertThat(cosine.at("/items/0/entityId").asString()).isEqualTo(itemId);
        assertThat(ids(search(Map.of("featureSetId", setId, "value", List.of(2, 0, 0), "metric", "dot", "k", 2))))
                .containsExactly(far, along);
        assertThat(ids(search(Map.of("featureSetId", setId, "value", List.of(0.8, 0.2, 0), "metric", "euclidean"))))
                .containsExactly(near, along, far);
        assertThat(ids(search(Map.of("vectorId", along)))).containsExactly(near, far);
        assertThat(ids(search(Map.of("vectorId", near, "filter", Map.of("entityId", itemId)))))
                .containsExactly(along);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"featureSetId":"S","value":[1,2]}                        | 400 | value
            {"featureSetId":"S"}                                      | 400 | value
            {"featureSetId":"S","value":[1,2,3],"vectorId":"x"}       | 400 | value
            {"featureSetId":"S","value":[1,2,3],"k":1001}             | 400 | k
            {"featureSetId":"S","value":[1,2,3],"k":0}                | 400 | k
            {"featureSetId":"S","value":[1,2,3],"metric":"hamming"}   | 400 | metric
            {"featureSetId":"S","value":[1,2,3],"filter":{"$where":1}}| 422 | $where
            {"value":[1,2,3]}                                         | 400 | featureSetId
            {"featureSetId":"6b0183990000000000001009","value":[1]}   | 404 |
            {"vectorId":"6b0183990000000000001009"}                   | 404 |
            """)
    void refusesASearchThatItDoesNotUnderstand(String body, int status, String named) {
        Reply reply = owner().post(VECTORS + "/search", body.replace("\"S\"", "\"" + setId + "\""));

        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        assertThat(reply.text()).contains(named == null ? "" : named);
    }

    @Test
    void remembersTheNumbersOfASetUntilItChanges() {
        Map<String, Object> search = Map.of("featureSetId", setId, "value", List.of(1, 2, 3));
        newVector(setId, itemId, List.of(1, 2, 3));
        changedAt(Instant.EPOCH);
        assertThat(ids(search(search))).hasSize(1);

        insert(FeatureVector.COLLECTION, orphan(new ObjectId()));
        assertThat(ids(search(search))).hasSize(1);
        assertThat(ids(search(Map.of(
                        "featureSetId", setId, "value", List.of(1, 2, 3), "filter", Map.of("datasetId", datasetId)))))
                .hasSize(2);
        changedAt(Instant.EPOCH);
        assertThat(ids(search(search))).hasSize(2);
        changedAt(Instant.now().plusSeconds(60));
        insert(FeatureVector.COLLECTION, orphan(new ObjectId()));
        assertThat(ids(search(search))).hasSize(3);
    }

    /** As if another replica had said so, after which nobody changes the set from then on. */
    private void changedAt(Instant until) {
        mongo.getCollection("item_changes")
                .flatMapMany(marks -> marks.updateOne(
                        Filters.eq("_id", setId),
                        Updates.combine(
                                Updates.set("revision", new ObjectId()), Updates.set("until", Date.from(until)))))
                .blockLast();
    }

    private String annotation(String item) {
        return owner().post(
                        "/api/v1/items/" + item + "/annotations",
                        "{\"type\":\"class\",\"label\":\"x\",\"coordinates\":[]}")
                .id();
    }

    @Test
    void goWithWhatTheyBelongTo() {
        String ofAnnotations = newSet("annotation", 1);
        String ofDatasets = newSet("dataset", 1);
        String two = upload("two");
        String kept = newVector(setId, two, List.of(1, 2, 3));
        String first = annotation(itemId);
        newVector(setId, itemId, List.of(1, 2, 3));
        newVector(ofAnnotations, first, List.of(1));
        newVector(ofAnnotations, annotation(itemId), List.of(1));
        newVector(ofAnnotations, annotation(itemId), List.of(1));
        newVector(ofDatasets, datasetId, List.of(1));

        owner().delete("/api/v1/annotations/" + first);
        assertThat(vectorsOf(ofAnnotations)).hasSize(2);
        owner().delete("/api/v1/items/" + itemId);
        assertThat(vectorsOf(ofAnnotations)).isEmpty();
        assertThat(vectorsOf(setId)).hasSize(1);
        assertThat(vectorsOf(setId).at("/0/id").asString()).isEqualTo(kept);
        service().delete("/internal/datasets/" + datasetId);
        assertThat(vectorsOf(setId)).isEmpty();
        assertThat(vectorsOf(ofDatasets)).isEmpty();
        assertThat(owner().post(VECTORS, List.of(vector(ofDatasets, datasetId, List.of(1))))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void goWithTheirSet() {
        String id = newVector(setId, itemId, List.of(1, 2, 3));

        assertThat(as("engineer").delete(SETS + "/" + setId).status()).isEqualTo(204);

        assertThat(owner().get(SETS + "/" + setId).status()).isEqualTo(404);
        assertThat(owner().get(VECTORS + "/" + id).status()).isEqualTo(404);
        assertThat(marks()).isEmpty();
    }

    @Test
    void goWithTheProject() {
        String project = new ObjectId().toHexString();
        Map<String, Object> set = said("x", "item", 1);
        set.put("project", project);
        String id = owner().post(SETS, set).at("/0/id").asString();

        Client dataset = service();
        assertThat(owner().delete("/internal/projects/" + project).status()).isEqualTo(403);
        assertThat(dataset.delete("/internal/projects/" + project).status()).isEqualTo(204);
        assertThat(dataset.delete("/internal/projects/" + project).status()).isEqualTo(204);

        assertThat(owner().get(SETS + "/" + id).status()).isEqualTo(404);
        // Who was told of the project a moment ago comes too late.
        assertThat(owner().post(SETS, set).status()).isEqualTo(404);
        assertThat(marks()).isEmpty();
    }

    @Test
    void leaveNothingOfWhatIsMadeWhileTheItemIsDeleted() throws Exception {
        List<Callable<Reply>> calls = new ArrayList<>();
        for (int count = 0; count < 8; count++) {
            calls.add(() -> owner().post(VECTORS, List.of(vector(setId, itemId, List.of(1, 2, 3)))));
        }
        calls.add(4, () -> owner().delete("/api/v1/items/" + itemId));

        List<Reply> replies = atOnce(calls);

        assertThat(replies).allMatch(reply -> Set.of(200, 204, 404).contains(reply.status()));
        assertThat(vectorsOf(setId)).isEmpty();
        assertThat(marks()).isEmpty();
    }

    @Test
    void areClearedAwayAfterACrash() {
        MovableClock clock = new MovableClock();
        ObjectId gone = new ObjectId();
        String kept = newVector(setId, itemId, List.of(1, 2, 3));
        insert(FeatureVector.COLLECTION, orphan(gone));
        insert(
                FeatureMarks.COLLECTION,
                new Document("at", Date.from(clock.instant()))
                        .append("projectIds", List.of())
                        .append("setIds", List.of(setId))
                        .append("item", List.of(gone.toHexString(), itemId)));
        FeatureMarks marks = new FeatureMarks(mongo, sets, vectors, goneProjects, entities, clock);

        marks.takeUp().block(PATIENCE);
        assertThat(vectorsOf(setId)).hasSize(2);
        clock.advance(FeatureMarks.BEFORE_HELP.plus(Duration.ofSeconds(1)));
        marks.takeUp().block(PATIENCE);

        assertThat(vectorsOf(setId)).hasSize(1);
        assertThat(vectorsOf(setId).at("/0/id").asString()).isEqualTo(kept);
        assertThat(marks()).isEmpty();
    }

    private Document orphan(ObjectId entityId) {
        return new Document("featureSetId", new ObjectId(setId))
                .append("entityId", entityId)
                .append("itemId", entityId)
                .append("datasetId", new ObjectId(datasetId))
                .append("projectId", new ObjectId(PROJECT))
                .append("packed", new Binary(Packed.of(new double[] {1, 2, 3})))
                .append("creator", "somebody")
                .append("createdAt", Date.from(new MovableClock().instant()));
    }

    private List<Document> marks() {
        return Objects.requireNonNull(mongo.getCollection(FeatureMarks.COLLECTION)
                .flatMapMany(marks -> Flux.from(marks.find()))
                .collectList()
                .block(PATIENCE));
    }
}
