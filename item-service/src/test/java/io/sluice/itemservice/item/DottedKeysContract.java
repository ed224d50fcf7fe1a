package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.sluice.itemservice.testing.Form;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import io.sluice.itemservice.testing.Tar;
import io.sluice.kit.testing.Outcome;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Update;

/** Paths are asked for in one reading where no key has a dot, and found by all where one has. */
abstract class DottedKeysContract extends RunningItemService {

    private static final String DOTTED = "{\"user\": {\"a.b\": 5}}";
    private static final Map<String, Object> DOTTED_PATCH = Map.of("metadata", Map.of("user", Map.of("a.b", 5)));
    private static final Map<String, Object> WITH_ALL = Map.of("withItemsAnnotations", true, "withMetadata", true);
    private static final Map<String, Object> FILES = Map.of("filter", Map.of("type", "file"));

    private final String datasetId = newDataset();

    @Autowired
    private ReactiveMongoTemplate mongo;

    @Autowired
    private ChangeMarks marks;

    @Autowired
    private DottedKeys dottedKeys;

    /** A way in which an item gets a key with a dot. */
    private interface Way {

        /** The dataset that has the item then. */
        String go(String datasetId);
    }

    @TestFactory
    List<DynamicTest> saysByWhateverWayAKeyWithADotComesIn() {
        return List.of(
                way("an upload", dataset -> {
                    owner().upload(dataset, "skip", form("/new.txt", DOTTED));
                    return dataset;
                }),
                way("an upload that overwrites", dataset -> {
                    owner().upload(dataset, "overwrite", form("/a.txt", DOTTED));
                    return dataset;
                }),
                way("a patch", dataset -> {
                    owner().patch("/api/v1/items/" + itemOf(dataset), DOTTED_PATCH);
                    return dataset;
                }),
                way("a patch with a move", dataset -> {
                    owner().patch(
                                    "/api/v1/items/" + itemOf(dataset),
                                    Map.of("filename", "/b.txt", "metadata", Map.of("user", Map.of("a.b", 5))));
                    return dataset;
                }),
                way("an update by query", dataset -> {
                    owner().query(dataset, Map.of("filter", Map.of("type", "file"), "update", DOTTED_PATCH));
                    return dataset;
                }),
                way("a bulk update of metadata", dataset -> {
                    owner().post(
                                    "/api/v1/datasets/" + dataset + "/items/bulk-update-metadata",
                                    Map.of("query", FILES, "updateQuery", Map.of("update", DOTTED_PATCH)));
                    return dataset;
                }),
                way("lines", dataset -> {
                    String line = "{\"path\": \"/new.txt\", \"base64\": \"\", \"metadata\": " + DOTTED + "}";
                    bulk(dataset, "application/x-ndjson", line.getBytes());
                    return dataset;
                }),
                way("lines that overwrite", dataset -> {
                    String line = "{\"path\": \"/a.txt\", \"base64\": \"\", \"metadata\": " + DOTTED + "}";
                    bulk(dataset, "application/x-ndjson", line.getBytes());
                    return dataset;
                }),
                way("a sidecar", dataset -> {
                    Tar tar = new Tar().file("new.txt", "x").file("new.txt.json", "{\"metadata\": " + DOTTED + "}");
                    bulk(dataset, "application/x-tar", tar.bytes());
                    return dataset;
                }),
                way("a clone of an item", dataset -> {
                    owner().post("/api/v1/items/" + dotted() + "/clone", Map.of("targetDatasetId", dataset));
                    return dataset;
                }),
                way("what a clone of an item is given", dataset -> {
                    owner().post(
                                    "/api/v1/items/" + itemOf(dataset) + "/clone",
                                    Map.of(
                                            "remoteFileName",
                                            "/copy.txt",
                                            "metadata",
                                            Map.of("user", Map.of("a.b", 5))));
                    return dataset;
                }),
                way("a clone into a dataset", dataset -> {
                    dotted();
                    owner().post(
                                    "/api/v1/datasets/" + datasetId + "/clone",
                                    Map.of(
                                            "filter",
                                            FILES,
                                            "cloneDatasetParams",
                                            Map.of(
                                                    "withMetadata",
                                                    true,
                                                    "targetDatasetId",
                                                    dataset,
                                                    "targetDirectory",
                                                    "/in")));
                    return dataset;
                }),
                way("a clone of a dataset", dataset -> {
                    dotted();
                    return owner().post(
                                    "/api/v1/datasets/" + datasetId + "/clone",
                                    Map.of("name", "Clone", "filter", FILES, "cloneDatasetParams", WITH_ALL))
                            .at("/spec/returnedModelId")
                            .asString();
                }),
                way("a merge", dataset -> {
                    dotted();
                    return owner().post(
                                    "/api/v1/datasets/merge",
                                    Map.of(
                                            "name",
                                            "Merged",
                                            "datasetsIds",
                                            List.of(datasetId, dataset),
                                            "projectIds",
                                            PROJECT,
                                            "mergeDatasetParams",
                                            WITH_ALL))
                            .at("/spec/returnedModelId")
                            .asString();
                }),
                way("a revision", dataset -> {
                    String api = "/api/v1/items/" + itemOf(dataset);
                    owner().send("POST", api + "/revisions", Form.empty().file("other"));
                    keepDotInRevision(itemOf(dataset));
                    String number =
                            owner().get(api + "/revisions").at("/0/number").asString();
                    owner().post(api + "/revisions/" + number + "/restore", "{}");
                    return dataset;
                }));
    }

    private DynamicTest way(String name, Way way) {
        return DynamicTest.dynamicTest(name, () -> {
            String looked = plainDataset();

            String dataset = way.go(looked);

            assertThat(hasDottedKeys(dataset)).isTrue();
            assertThat(found(dataset, "metadata.user.a.b", 5)).isEqualTo(1);
        });
    }

    @Test
    void findsTheSameWithAndWithoutTheOtherReadings() {
        owner().upload(
                        datasetId,
                        "skip",
                        form("/a.txt", "{\"user\": {\"a\": {\"b\": 5}, \"l\": [{\"x\": {\"y\": 1}}]}}"));
        Map<String, Object> element = Map.of("$match", Map.of("x.y", 1));
        assertThat(hasDottedKeys(datasetId)).isNull();
        assertThat(found(datasetId, "metadata.user.a.b", 5)).isEqualTo(1);

        look(datasetId);

        assertThat(hasDottedKeys(datasetId)).isFalse();
        assertThat(found(datasetId, "metadata.user.a.b", 5)).isEqualTo(1);
        assertThat(found(datasetId, "metadata.user.a.b", 6)).isZero();
        assertThat(found(datasetId, "metadata.user.l", element)).isEqualTo(1);

        owner().upload(datasetId, "skip", form("/b.txt", "{\"user\": {\"l\": [{\"x.y\": 1}]}}"));

        assertThat(found(datasetId, "metadata.user.l", element)).isEqualTo(2);
    }

    @Test
    void looksThroughADatasetThatIsAskedForByAPath() {
        owner().upload(datasetId, "/a.txt", "a");

        found(datasetId, "metadata.user.a.b", 5);

        await().untilAsserted(() -> assertThat(hasDottedKeys(datasetId)).isFalse());
    }

    @Test
    void findsKeysThatWereThereBeforeAnybodySaidSo() {
        String itemId = itemOf(plainDataset(datasetId));
        Outcome.of(mongo.updateFirst(
                query(where("_id").is(datasetId)), new Update().unset(DottedKeys.FIELD), ChangeMarks.COLLECTION));
        set("items", itemId, "metadata", new Document("user", List.of(new Document("p~1q", 1))));

        look(datasetId);

        assertThat(hasDottedKeys(datasetId)).isTrue();
    }

    @Test
    void takesTextsThatLookLikeTheSpellingOfADotForTexts() {
        owner().upload(datasetId, "skip", form("/a.txt", "{\"user\": {\"~1\": \"~1.~1\"}}"));

        look(datasetId);

        assertThat(hasDottedKeys(datasetId)).isFalse();
    }

    @Test
    void doesNotTakeBackWhatSomebodyHasSaid() {
        String itemId = dotted();
        owner().delete("/api/v1/items/" + itemId);

        look(datasetId);

        assertThat(hasDottedKeys(datasetId)).isTrue();
    }

    /** A dataset with an item, of which it is known that no key has a dot. */
    private String plainDataset() {
        return plainDataset(newDataset());
    }

    private String plainDataset(String dataset) {
        owner().upload(dataset, "/a.txt", "a");
        look(dataset);
        assertThat(hasDottedKeys(dataset)).isFalse();
        return dataset;
    }

    /** An item with such a key in the dataset of the test. */
    private String dotted() {
        return owner().upload(datasetId, "skip", form("/dotted.txt", DOTTED)).id();
    }

    private String itemOf(String dataset) {
        return owner().get("/api/v1/datasets/" + dataset + "/items")
                .at("/items/0/id")
                .asString();
    }

    private void bulk(String dataset, String type, byte[] body) {
        Reply answer = owner().send(
                        "POST",
                        "/api/v1/datasets/" + dataset + "/items/bulk?mode=overwrite",
                        type,
                        BodyPublishers.ofByteArray(body));
        assertThat(answer.status()).isEqualTo(200);
    }

    private static Form form(String path, String metadata) {
        return Form.of(path).field("metadata", metadata).file("x");
    }

    private void keepDotInRevision(String itemId) {
        Outcome.of(mongo.updateFirst(
                query(where("itemId").is(new ObjectId(itemId))),
                Update.update("metadata.user", new Document("a~1b", 5)),
                "item_revisions"));
    }

    private void look(String dataset) {
        Outcome.of(dottedKeys.lookThrough(dataset).thenReturn(true));
    }

    private @Nullable Boolean hasDottedKeys(String dataset) {
        return Outcome.of(marks.seen(dataset)).hasDottedKeys();
    }

    private int found(String dataset, String path, Object value) {
        return owner().query(dataset, Map.of("filter", Map.of("type", "file", path, value)))
                .at("/totalItemsCount")
                .asInt();
    }
}
