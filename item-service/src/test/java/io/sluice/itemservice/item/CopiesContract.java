package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.itemservice.content.BlobReferences;
import io.sluice.itemservice.testing.Client;
import io.sluice.itemservice.testing.Form;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import io.sluice.kit.testing.Outcome;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Items and datasets that are made out of others, and what is done to many items at once. */
abstract class CopiesContract extends RunningItemService {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Map<String, Object> FILES = Map.of("filter", Map.of("type", "file"));
    private static final Map<String, Object> WITH_ALL = Map.of("withItemsAnnotations", true, "withMetadata", true);

    private final String datasetId = newDataset();

    @Autowired
    private ReactiveMongoTemplate mongo;

    @Autowired
    private BlobReferences references;

    // Many items at once

    @Test
    void changesTheMetadataOfWhatMatches() {
        upload("/a.txt");
        String other = upload("/b.txt");
        Map<String, Object> update =
                Map.of("metadata", Map.of("system", Map.of("tags", Map.of("train", true)), "user", Map.of("k", 1)));

        Reply reply = owner().post(
                        dataset() + "/items/bulk-update-metadata",
                        Map.of(
                                "query",
                                Map.of("filter", Map.of("filename", "/a.txt"), "page", 7, "pageSize", 1),
                                "updateQuery",
                                Map.of("update", update, "systemSpace", true)));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.at("/status").asString()).isEqualTo("success");
        assertThat(reply.at("/spec/itemsCount").asInt()).isEqualTo(1);
        assertThat(named(datasetId, "/a.txt").at("/metadata/system/tags/train").asBoolean())
                .isTrue();
        assertThat(item(other).at("/metadata/user").isMissingNode()).isTrue();
    }

    @Test
    void removesWhatTheUpdateSaysIsNull() {
        String itemId = upload("/a.txt");
        bulkUpdate("{\"train\": true}");

        bulkUpdate("{\"train\": null, \"test\": true}");

        assertThat(item(itemId).at("/metadata/system/tags").toString()).isEqualTo("{\"test\":true}");
    }

    private void bulkUpdate(String tags) {
        Reply reply = owner().post(
                        dataset() + "/items/bulk-update-metadata",
                        "{\"query\": {\"filter\": {\"type\": \"file\"}}, \"updateQuery\": {\"systemSpace\": true, "
                                + "\"update\": {\"metadata\": {\"system\": {\"tags\": " + tags + "}}}}}");
        assertThat(reply.at("/status").asString()).isEqualTo("success");
    }

    @Test
    void splitsItemsIntoSubsetsAndDoesSoAgainTheSameWay() {
        IntStream.range(0, 25).forEach(number -> upload("/" + number + ".txt"));
        bulkUpdate("{\"validation\": true, \"mine\": true}");
        Map<String, Object> wish = Map.of("itemsQuery", FILES, "MLSplitList", Map.of("train", 60, "test", 40));

        Reply reply = owner().post(dataset() + "/split", wish);

        assertThat(reply.at("/status").asString()).isEqualTo("success");
        Map<String, Set<String>> first = tags();
        assertThat(first.values()).allMatch(tags -> tags.contains("mine") && tags.size() == 2);
        assertThat(first.values().stream().filter(tags -> tags.contains("train")))
                .hasSize(15);
        assertThat(first.values().stream().filter(tags -> tags.contains("test")))
                .hasSize(10);
        owner().post(dataset() + "/split", wish);
        assertThat(tags()).isEqualTo(first);
    }

    @Test
    void splitsAsItBeganWhenItIsCutOff() {
        List<String> ids = IntStream.range(0, 10)
                .mapToObj(number -> upload("/" + number + ".txt"))
                .toList();
        Map<String, Object> untagged = Map.of("filter", Map.of("metadata.system.tags.a", Map.of("$exists", false)));
        Reply reply = owner().post(
                        dataset() + "/split", Map.of("itemsQuery", untagged, "MLSplitList", Map.of("a", 50, "b", 50)));
        Map<String, Set<String>> first = tags();

        // As if it had been cut off in its only step: what is done no longer matches.
        again(
                reply.id(),
                new Document("filter", new Document("metadata~1system~1tags~1a", new Document("~2exists", false)))
                        .append("subsets", new Document("a", 50).append("b", 50)),
                "0:" + String.join("", ids));

        assertThat(ended(reply.id()).at("/status").asString()).isEqualTo("success");
        assertThat(tags()).isEqualTo(first);
    }

    private Map<String, Set<String>> tags() {
        return stored(datasetId).stream()
                .collect(Collectors.toMap(
                        item -> item.getString("filename"),
                        item -> item.getEmbedded(List.of("metadata", "system", "tags"), Document.class)
                                .keySet()));
    }

    @Test
    void deletesWhatAQueryDescribes() {
        upload("/a/one.txt");
        upload("/b/two.txt");

        Reply reply = delete(Map.of("filter", Map.of("dir", "/a")));

        assertThat(reply.at("/status").asString()).isEqualTo("success");
        assertThat(files(datasetId)).containsExactly("/b/two.txt");
        assertThat(delete(Map.of()).field()).isEqualTo("filter");
    }

    private Reply delete(Map<String, Object> query) {
        return owner().send(
                        "DELETE",
                        dataset() + "/items",
                        "application/json",
                        BodyPublishers.ofString(new JsonMapper().writeValueAsString(query)));
    }

    @Test
    void refusesWhatIsWrongBeforeItAccepts() {
        String itemId = upload("/a.txt");
        Map<String, Object> split = Map.of("itemsQuery", FILES, "MLSplitList", Map.of("train", 100));
        Map<String, Object> clone = Map.of("name", "Clone", "filter", FILES, "cloneDatasetParams", WITH_ALL);

        assertThat(nobody().post(dataset() + "/split", split).status()).isEqualTo(401);
        assertThat(as("stranger").post(dataset() + "/split", split).status()).isEqualTo(404);
        assertThat(as("annotator").post(dataset() + "/split", split).status()).isEqualTo(403);
        assertThat(as("annotationmanager").post(dataset() + "/split", split).status())
                .isEqualTo(200);
        assertThat(owner().post(dataset() + "/split", Map.of("itemsQuery", FILES))
                        .field())
                .isEqualTo("MLSplitList");
        assertThat(as("annotationmanager").post(dataset() + "/clone", clone).status())
                .isEqualTo(403);
        assertThat(as("stranger").post(dataset() + "/clone", clone).status()).isEqualTo(404);
        assertThat(owner().post(dataset() + "/clone", Map.of("filter", FILES)).field())
                .isEqualTo("name");
        assertThat(owner().post(dataset() + "/clone", into("dead" + "0".repeat(20)))
                        .status())
                .isEqualTo(404);
        assertThat(owner().post(
                                "/api/v1/items/" + itemId + "/clone",
                                Map.of("targetDatasetId", "dead" + "0".repeat(20)))
                        .status())
                .isEqualTo(404);
        assertThat(as("annotator")
                        .post("/api/v1/items/" + itemId + "/clone", Map.of())
                        .status())
                .isEqualTo(403);
        assertThat(owner().post("/api/v1/datasets/merge", Map.of("name", "Merged", "datasetsIds", List.of()))
                        .field())
                .isEqualTo("datasetsIds");
        assertThat(owner().post(
                                "/api/v1/datasets/merge",
                                Map.of("name", "Merged", "datasetsIds", List.of(datasetId, "dead" + "0".repeat(20))))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void readsALockedDatasetAndChangesNothingInIt() {
        String itemId = upload("/a.txt");
        String locked = newDataset();
        lock(locked);

        Reply refused = owner().post(dataset() + "/clone", into(locked));
        lock(datasetId);
        Reply cloned = as("engineer")
                .post(dataset() + "/clone", Map.of("name", "Clone", "filter", FILES, "cloneDatasetParams", WITH_ALL));

        assertThat(refused.status()).isEqualTo(403);
        assertThat(cloned.at("/status").asString()).isEqualTo("success");
        Client engineer = as("engineer");
        for (String path : List.of(
                "/api/v1/items/" + itemId + "/clone",
                "/api/v1/items/" + itemId + "/snapshots",
                "/api/v1/items/" + itemId + "/revisions/1/restore",
                dataset() + "/split",
                dataset() + "/sync",
                dataset() + "/items/bulk-update-metadata",
                dataset() + "/items/collections",
                dataset() + "/items/collections/bulk-add",
                dataset() + "/items/collections/bulk-remove")) {
            assertThat(engineer.post(path, "{}").status()).as(path).isEqualTo(403);
        }
        assertThat(engineer.send("POST", "/api/v1/items/" + itemId + "/revisions", revision("x"))
                        .status())
                .isEqualTo(403);
    }

    // One item

    @Test
    void clonesAnItemIntoAnotherDataset() {
        String target = newDataset();
        String itemId = uploaded("/pens/a.txt", "{\"user\": {\"k\": 1, \"kept\": 2}}", "the bytes");

        Reply reply = as("engineer")
                .post(
                        "/api/v1/datasets/" + datasetId + "/items/" + itemId + "/clone",
                        Map.of("targetDatasetId", target, "metadata", Map.of("user", Map.of("k", 3))));

        assertThat(reply.at("/status").asString()).isEqualTo("success");
        assertThat(reply.at("/spec/returnedModelId").isArray()).isTrue();
        JsonNode copy = item(reply.at("/spec/returnedModelId/0").asString());
        assertThat(copy.at("/id").asString()).isNotEqualTo(itemId);
        assertThat(copy.at("/datasetId").asString()).isEqualTo(target);
        assertThat(copy.at("/filename").asString()).isEqualTo("/pens/a.txt");
        assertThat(copy.at("/spec").asString()).isEqualTo("ClonedItemSpec");
        assertThat(copy.at("/srcItem").asString()).isEqualTo(itemId);
        assertThat(copy.at("/srcDataset").asString()).isEqualTo(datasetId);
        assertThat(copy.at("/creator").asString()).isEqualTo("engineer@example.org");
        assertThat(copy.at("/metadata/user").toString()).isEqualTo("{\"k\":3,\"kept\":2}");
        assertThat(owner().get("/api/v1/items/" + copy.at("/id").asString() + "/stream")
                        .text())
                .isEqualTo("the bytes");
        assertThat(item(itemId).has("srcItem")).isFalse();
        assertThat(stored(target))
                .extracting(stored -> stored.getString("filename"))
                .contains("/pens");
    }

    @Test
    void leavesMetadataOutWhenThatIsWished() {
        String itemId = uploaded("/a.txt", "{\"user\": {\"k\": 1}}", "abc");

        Reply reply = owner().post(
                        "/api/v1/items/" + itemId + "/clone",
                        Map.of(
                                "remoteFileName",
                                "copies/",
                                "cloneDatasetParams",
                                Map.of("withItemsAnnotations", false, "withMetadata", false)));

        JsonNode copy = item(reply.at("/spec/returnedModelId/0").asString());
        assertThat(copy.at("/filename").asString()).isEqualTo("/copies/a.txt");
        assertThat(copy.at("/metadata/user").isMissingNode()).isTrue();
        assertThat(copy.at("/metadata/system/size").asInt()).isEqualTo(3);
        assertThat(copy.at("/metadata/system/mimetype").asString()).isEqualTo("text/plain");
    }

    @Test
    void tellsThatANameIsTakenToWhoLooks() {
        String itemId = upload("/a.txt");

        Reply refused = owner().post("/api/v1/items/" + itemId + "/clone", Map.of("allowMany", false));

        assertThat(refused.status()).isEqualTo(202);
        assertThat(refused.at("/status").asString()).isIn("created", "in-progress");
        Reply ended = ended(refused.id());
        assertThat(ended.at("/status").asString()).isEqualTo("failed");
        assertThat(ended.at("/error").asString()).contains("/a.txt exists already");
        assertThat(files(datasetId)).containsExactly("/a.txt");
    }

    @Test
    void numbersCopiesWhereManyAreAllowed() {
        String itemId = upload("/a.txt");

        for (int round = 0; round < 2; round++) {
            owner().post("/api/v1/items/" + itemId + "/clone", Map.of("allowMany", true));
        }

        assertThat(files(datasetId)).containsExactly("/a (1).txt", "/a (2).txt", "/a.txt");
    }

    @Test
    void takesBytesOutOfTheTrashForACopy() {
        String itemId = uploaded("/a.txt", "{}", "nearly gone");
        String digest = sha256("nearly gone".getBytes(StandardCharsets.UTF_8));
        discard(digest);

        Reply reply = owner().post("/api/v1/items/" + itemId + "/clone", Map.of("remoteFileName", "/b.txt"));

        assertThat(reply.at("/status").asString()).isEqualTo("success");
        assertThat(placeOf(digest)).doesNotContainKey("trashedAt");
    }

    @Test
    void makesNoCopyOfWhatIsGoneForGood() {
        String itemId = uploaded("/a.txt", "{}", "gone for good");
        lose(sha256("gone for good".getBytes(StandardCharsets.UTF_8)));

        Reply reply = owner().post("/api/v1/items/" + itemId + "/clone", Map.of("remoteFileName", "/b.txt"));

        assertThat(ended(reply.id()).at("/status").asString()).isEqualTo("failed");
        assertThat(files(datasetId)).containsExactly("/a.txt");
    }

    // Datasets

    @Test
    void clonesADatasetIntoANewOne() {
        uploaded("/one/deep/a.txt", "{\"user\": {\"k\": 1}}", "a");
        upload("/b.txt");
        upload("/c.png");
        Map<String, Object> filter = Map.of(
                "filter", Map.of("$and", List.of(Map.of("type", "file"), Map.of("filename", "*.txt"))),
                "page", 0,
                "pageSize", 1);

        Reply reply = owner().post(
                        dataset() + "/clone",
                        Map.of("name", "Clone", "filter", filter, "cloneDatasetParams", WITH_ALL));

        assertThat(reply.at("/type").asString()).isEqualTo("CloneDataset");
        assertThat(reply.at("/status").asString()).isEqualTo("success");
        String cloneId = reply.at("/spec/returnedModelId").asString();
        assertThat(made(cloneId).toString())
                .isEqualTo(
                        "{\"name\":\"Clone\",\"sources\":[\"" + datasetId + "\"],\"creator\":\"owner@example.org\"}");
        assertThat(files(cloneId)).containsExactly("/b.txt", "/one/deep/a.txt");
        assertThat(stored(cloneId))
                .extracting(stored -> stored.getString("filename"))
                .contains("/one", "/one/deep");
        assertThat(named(cloneId, "/one/deep/a.txt").at("/metadata/user/k").asInt())
                .isEqualTo(1);
        assertThat(files(datasetId)).hasSize(3);
    }

    @Test
    void tellsThatTheNameOfADatasetIsTakenToWhoLooks() {
        upload("/a.txt");

        Reply reply = owner().post(
                        dataset() + "/clone", Map.of("name", "Taken", "filter", FILES, "cloneDatasetParams", WITH_ALL));

        assertThat(reply.status()).isEqualTo(202);
        Reply ended = ended(reply.id());
        assertThat(ended.at("/status").asString()).isEqualTo("failed");
        assertThat(ended.at("/error").asString()).contains("Dataset with the same name already exists");
    }

    @Test
    void clonesIntoADatasetThatIsThereAndAddsNothingTwice() {
        uploaded("/a.txt", "{}", "ours");
        upload("/dir/b.txt");
        String target = newDataset();
        as("engineer").upload(target, "/in/a.txt", "theirs");

        Reply first = owner().post(dataset() + "/clone", into(target));
        Reply second = owner().post(dataset() + "/clone", into(target));

        assertThat(first.at("/spec/returnedModelId").asString()).isEqualTo(target);
        assertThat(second.at("/status").asString()).isEqualTo("success");
        assertThat(files(target)).containsExactly("/in/a (1).txt", "/in/a.txt", "/in/dir/b.txt");
        assertThat(text(named(target, "/in/a.txt"))).isEqualTo("theirs");
        assertThat(text(named(target, "/in/a (1).txt"))).isEqualTo("ours");
    }

    @Test
    void clonesADatasetIntoADirectoryOfItsOwn() {
        upload("/a.txt");
        upload("/dir/b.txt");

        Reply reply = owner().post(dataset() + "/clone", into(datasetId));

        assertThat(ended(reply.id()).at("/status").asString()).isEqualTo("success");
        assertThat(files(datasetId)).containsExactly("/a.txt", "/dir/b.txt", "/in/a.txt", "/in/dir/b.txt");
    }

    @Test
    void clonesWhatACloneHasJustMade() {
        upload("/a.txt");
        String first = newDataset();
        String second = newDataset();

        owner().post(dataset() + "/clone", into(first));
        Reply reply = owner().post("/api/v1/datasets/" + first + "/clone", into(second));

        assertThat(ended(reply.id()).at("/status").asString()).isEqualTo("success");
        assertThat(files(second)).containsExactly("/in/in/a.txt");
    }

    private static Map<String, Object> into(String target) {
        Map<String, Object> parameters = new HashMap<>(WITH_ALL);
        parameters.put("targetDatasetId", target);
        parameters.put("targetDirectory", "/in");
        return Map.of("filter", FILES, "cloneDatasetParams", parameters);
    }

    @Test
    void copiesWhatItMissedWhenItIsCutOffAndNothingElse() {
        List<String> ids = IntStream.range(0, 20)
                .mapToObj(number -> upload("/" + number + ".txt"))
                .toList();
        String target = newDataset();
        Reply reply = owner().post(dataset() + "/clone", into(target));
        Map<String, String> first = idsByName(target);
        List<String> lost = List.of(first.get("/in/3.txt"), first.get("/in/19.txt"));
        Outcome.of(mongo.remove(Query.query(Criteria.where("_id").in(lost)), "items"));

        again(
                reply.id(),
                new Document("filter", new Document("type", "file"))
                        .append("sources", List.of(datasetId))
                        .append("target", target)
                        .append("name", null)
                        .append("directory", "/in")
                        .append("withMetadata", true),
                "0:" + String.join("", ids));

        assertThat(ended(reply.id()).at("/status").asString()).isEqualTo("success");
        assertThat(idsByName(target)).isEqualTo(first);
    }

    @Test
    void leavesNothingInADatasetThatIsDeletedMeanwhile() {
        upload("/a.txt");
        String target = newDataset();
        assertThat(owner().upload(target, "/b.txt", "b").status()).isEqualTo(201);
        assertThat(service().delete("/internal/datasets/" + target).status()).isEqualTo(204);

        Reply reply = owner().post(dataset() + "/clone", into(target));

        assertThat(ended(reply.id()).at("/error").asString()).isEqualTo("No dataset " + target);
        assertThat(stored(target)).isEmpty();
    }

    @Test
    void failsWhenTheSourceIsDeletedMeanwhile() {
        List<String> ids = List.of(upload("/a.txt"));
        String target = newDataset();
        Reply reply = owner().post(dataset() + "/clone", into(target));
        assertThat(service().delete("/internal/datasets/" + datasetId).status()).isEqualTo(204);

        again(
                reply.id(),
                new Document("filter", new Document())
                        .append("sources", List.of(datasetId))
                        .append("target", target)
                        .append("directory", "/")
                        .append("withMetadata", true),
                "0:" + String.join("", ids));

        assertThat(ended(reply.id()).at("/error").asString()).isEqualTo("No dataset " + datasetId);
    }

    @Test
    void mergesDatasetsWithoutALoss() {
        String other = newDataset();
        uploaded("/a.txt", "{}", "first");
        owner().upload(other, "/a.txt", "second");
        owner().upload(other, "/dir/b.txt", "b");
        owner().postForm("/api/v1/datasets/" + other + "/items", "type=dir&path=/empty");

        Reply reply = owner().post(
                        "/api/v1/datasets/merge",
                        Map.of(
                                "name",
                                "Merged",
                                "datasetsIds",
                                List.of(datasetId, other),
                                "projectIds",
                                "6b0183990000000000001001",
                                "mergeDatasetParams",
                                WITH_ALL,
                                "asynced",
                                true));

        assertThat(reply.at("/status").asString()).isEqualTo("success");
        assertThat(reply.at("/spec/mergeDatasetsConfiguration/name").asString()).isEqualTo("Merged");
        String merged = reply.at("/spec/returnedModelId").asString();
        assertThat(made(merged).at("/sources").size()).isEqualTo(2);
        assertThat(files(merged)).containsExactly("/a (1).txt", "/a.txt", "/dir/b.txt");
        assertThat(text(named(merged, "/a.txt"))).isEqualTo("first");
        assertThat(text(named(merged, "/a (1).txt"))).isEqualTo("second");
        assertThat(stored(merged))
                .extracting(stored -> stored.getString("filename"))
                .contains("/empty");
    }

    @Test
    void bringsIntoACloneWhatIsNewInItsSource() {
        String clone = new ObjectId(Date.from(Instant.now().minusSeconds(3600)), 1).toHexString();
        cloned(clone, datasetId);
        upload("/a.txt");
        assertThat(owner().post("/api/v1/datasets/" + clone + "/sync", "{}")
                        .at("/status")
                        .asString())
                .isEqualTo("success");
        String moved = named(clone, "/a.txt").at("/id").asString();
        owner().patch("/api/v1/items/" + moved, Map.of("filename", "/moved.txt"));
        upload("/b.txt");

        Reply reply = owner().post("/api/v1/datasets/" + clone + "/sync", "{}");

        assertThat(reply.at("/spec/datasetId").asString()).isEqualTo(clone);
        assertThat(files(clone)).containsExactly("/b.txt", "/moved.txt");
    }

    @Test
    void succeedsToSyncWhatIsNoClone() {
        Reply reply = owner().post(dataset() + "/sync", "{}");

        assertThat(reply.at("/status").asString()).isEqualTo("success");
        assertThat(reply.at("/spec/datasetId").asString()).isEqualTo(datasetId);
    }

    // Revisions

    @Test
    void givesAnItemOtherBytesAndKeepsWhatItWas() {
        String itemId = uploaded("/a.txt", "{\"user\": {\"k\": 1}}", "first");
        String api = "/api/v1/items/" + itemId;

        Reply revised = as("engineer").send("POST", api + "/revisions", revision("second!"));

        assertThat(revised.status()).isEqualTo(200);
        assertThat(revised.id()).isEqualTo(itemId);
        assertThat(revised.at("/metadata/system/size").asInt()).isEqualTo(7);
        assertThat(revised.at("/metadata/user/k").asInt()).isEqualTo(1);
        assertThat(revised.at("/updatedBy").asString()).isEqualTo("engineer@example.org");
        assertThat(owner().get(api + "/stream").text()).isEqualTo("second!");
        JsonNode before = owner().get(api + "/revisions").at("/0");
        assertThat(before.path("size").asInt()).isEqualTo(5);
        assertThat(before.path("creator").asString()).isEqualTo("owner@example.org");
        assertThat(before.path("sha256").asString()).isEqualTo(sha256("first".getBytes(StandardCharsets.UTF_8)));
        String number = before.path("number").asString();
        assertThat(owner().get(api + "/revisions/" + number).json()).isEqualTo(before);
        assertThat(owner().get(api + "/revisions/" + number + "/stream").text()).isEqualTo("first");
        assertThat(owner().get(api + "/revisions/" + number + "/stream", "Range", "bytes=1-2")
                        .text())
                .isEqualTo("ir");
        assertThat(owner().get(api + "/revisions/77").status()).isEqualTo(404);
        assertThat(owner().get(api + "/revisions/x").status()).isEqualTo(400);
    }

    @Test
    void keepsWhatAnUploadOverwrites() {
        String itemId = uploaded("/a.txt", "{\"user\": {\"k\": 1}}", "first");

        owner().upload(datasetId, "overwrite", Form.of("/a.txt").file("second"));

        JsonNode before = owner().get("/api/v1/items/" + itemId + "/revisions").at("/0");
        assertThat(before.at("/metadata/user/k").asInt()).isEqualTo(1);
        assertThat(isNamed("first")).isTrue();
    }

    @Test
    void makesAnItemWhatItWas() {
        String itemId = uploaded("/a.txt", "{\"user\": {\"k\": 1}}", "first");
        String api = "/api/v1/items/" + itemId;
        owner().upload(datasetId, "overwrite", Form.of("/a.txt").file("second"));
        owner().patch(api, Map.of("filename", "/b.txt"));
        String number = owner().get(api + "/revisions").at("/0/number").asString();

        Reply restored = owner().post(api + "/revisions/" + number + "/restore", "{}");

        assertThat(restored.at("/metadata/user/k").asInt()).isEqualTo(1);
        assertThat(restored.at("/filename").asString()).isEqualTo("/b.txt");
        assertThat(owner().get(api + "/stream").text()).isEqualTo("first");
        assertThat(owner().get(api + "/revisions").json().size()).isEqualTo(2);
    }

    @Test
    void keepsTenRevisionsAndLetsGoOfTheOldestBytes() {
        String itemId = uploaded("/a.txt", "{}", "revision 0");

        for (int number = 1; number <= 12; number++) {
            owner().send("POST", "/api/v1/items/" + itemId + "/revisions", revision("revision " + number));
        }

        assertThat(owner().get("/api/v1/items/" + itemId + "/revisions").json().size())
                .isEqualTo(10);
        assertThat(isNamed("revision 2")).isTrue();
        assertThat(isNamed("revision 1")).isFalse();
        assertThat(isReleased(sha256("revision 1".getBytes(StandardCharsets.UTF_8))))
                .isTrue();
    }

    @Test
    void forgetsRevisionsWithTheirItem() {
        String itemId = uploaded("/a.txt", "{}", "to be forgotten");
        owner().send("POST", "/api/v1/items/" + itemId + "/revisions", revision("other bytes"));

        assertThat(owner().delete("/api/v1/items/" + itemId).status()).isEqualTo(204);

        assertThat(isNamed("to be forgotten")).isFalse();
        assertThat(isReleased(sha256("to be forgotten".getBytes(StandardCharsets.UTF_8))))
                .isTrue();
        assertThat(owner().get("/api/v1/items/" + itemId + "/revisions").status())
                .isEqualTo(404);
    }

    @Test
    void refusesRevisionsOfWhoMayNotAndOfNothing() {
        String itemId = upload("/a.txt");
        String path = "/api/v1/items/" + itemId + "/revisions";

        assertThat(nobody().send("POST", path, revision("x")).status()).isEqualTo(401);
        assertThat(as("stranger").send("POST", path, revision("x")).status()).isEqualTo(404);
        assertThat(as("annotator").send("POST", path, revision("x")).status()).isEqualTo(403);
        assertThat(owner().send("POST", path, Form.of("/a.txt")).field()).isEqualTo("file");
        assertThat(owner().get(path).text()).isEqualTo("[]");
    }

    @Test
    void keepsASnapshotOnce() {
        String itemId = uploaded("/dir/a.txt", "{\"user\": {\"k\": 1}}", "first");
        String path = "/api/v1/items/" + itemId + "/snapshots";

        Reply snapshot = owner().post(path, "{}");
        Reply again = owner().post(path, "{}");
        owner().send("POST", "/api/v1/items/" + itemId + "/revisions", revision("second"));
        Reply later = owner().post(path, "{}");

        assertThat(snapshot.status()).isEqualTo(200);
        assertThat(again.id()).isEqualTo(snapshot.id());
        assertThat(later.id()).isNotEqualTo(snapshot.id());
        assertThat(snapshot.at("/filename").asString()).startsWith("/.dataloop/snapshots/" + itemId + "/");
        assertThat(snapshot.at("/hidden").asBoolean()).isTrue();
        assertThat(snapshot.at("/srcItem").asString()).isEqualTo(itemId);
        assertThat(text(snapshot.json())).isEqualTo("first");
        assertThat(owner().get("/api/v1/datasets/" + datasetId + "/items")
                        .at("/totalItemsCount")
                        .asInt())
                .isEqualTo(1);
    }

    private static Form revision(String bytes) {
        return Form.empty().file(bytes);
    }

    private boolean isNamed(String bytes) {
        return Outcome.of(references.exist(sha256(bytes.getBytes(StandardCharsets.UTF_8))));
    }

    // Collections

    @Test
    void makesCollectionsAndCallsThemSomethingElse() {
        String first =
                create("white").at("/metadata.system.collections.c0/name").asString();
        Reply both = create("black");
        Reply renamed = owner().patch(collections() + "/white", Map.of("name", "grey"));

        assertThat(first).isEqualTo("white");
        assertThat(both.text())
                .isEqualTo("{\"metadata.system.collections.c0\":{\"name\":\"white\"},"
                        + "\"metadata.system.collections.c1\":{\"name\":\"black\"}}");
        assertThat(renamed.at("/metadata.system.collections.c0/name").asString())
                .isEqualTo("grey");
        assertThat(owner().get(collections()).json()).isEqualTo(renamed.json());
        assertThat(owner().get("/api/v1/datasets/" + newDataset() + "/items/collections")
                        .text())
                .isEqualTo("{}");
        assertThat(create("black").field()).isEqualTo("name");
        assertThat(owner().patch(collections() + "/grey", Map.of("name", "black"))
                        .field())
                .isEqualTo("name");
        assertThat(owner().patch(collections() + "/nobody", Map.of("name", "x")).status())
                .isEqualTo(404);
        assertThat(create("a/b").field()).isEqualTo("name");
        assertThat(create(" ").field()).isEqualTo("name");
        assertThat(as("annotator").post(collections(), Map.of("name", "x")).status())
                .isEqualTo(403);
        assertThat(as("stranger").get(collections()).status()).isEqualTo(404);
    }

    @Test
    void hasRoomForTenCollectionsAlsoWhenAllComeAtOnce() throws Exception {
        List<Callable<Reply>> calls = IntStream.range(0, 12)
                .<Callable<Reply>>mapToObj(number -> () -> create("collection " + number))
                .toList();

        List<Reply> replies = atOnce(calls);

        assertThat(replies).extracting(Reply::status).containsOnly(200, 400);
        assertThat(replies.stream().filter(reply -> reply.status() == 200)).hasSize(10);
        assertThat(owner().get(collections()).json().size()).isEqualTo(10);
    }

    @Test
    void putsItemsIntoCollectionsAndTakesThemOut() {
        String itemId = upload("/a.txt");
        String other = upload("/b.txt");
        create("white");

        Reply added = collect("bulk-add", "/a.txt", "white", "black");

        assertThat(added.at("/status").asString()).isEqualTo("success");
        assertThat(item(itemId).at("/metadata/system/collections").toString()).isEqualTo("{\"c0\":true,\"c1\":true}");
        assertThat(unassigned()).containsExactly(other);
        collect("bulk-remove", "/a.txt", "white", "black", "unheard of");
        assertThat(item(itemId).at("/metadata/system/collections").toString()).isEqualTo("{}");
        assertThat(unassigned()).containsExactly(itemId, other);
        assertThat(owner().post(collections() + "/bulk-add", Map.of("collections", List.of("white")))
                        .field())
                .isEqualTo("query.filter");
    }

    @Test
    void deletesACollectionAndLeavesItsItems() {
        String itemId = upload("/a.txt");
        create("kept");
        collect("bulk-add", "/a.txt", "kept", "doomed");

        Reply deleted = owner().delete(collections() + "/doomed");

        assertThat(deleted.at("/status").asString()).isEqualTo("success");
        assertThat(item(itemId).at("/metadata/system/collections").toString()).isEqualTo("{\"c0\":true}");
        assertThat(owner().get(collections()).json().size()).isEqualTo(1);
        assertThat(owner().delete(collections() + "/doomed").status()).isEqualTo(404);
    }

    @Test
    void carriesCollectionsOverByName() {
        upload("/a.txt");
        create("white");
        collect("bulk-add", "/a.txt", "black");
        String target = newDataset();
        owner().post("/api/v1/datasets/" + target + "/items/collections", Map.of("name", "theirs"));

        owner().post(dataset() + "/clone", into(target));

        assertThat(named(target, "/in/a.txt").at("/metadata/system/collections").toString())
                .isEqualTo("{\"c2\":true}");
        JsonNode there =
                owner().get("/api/v1/datasets/" + target + "/items/collections").json();
        assertThat(there.valueStream().map(entry -> entry.path("name").asString()))
                .containsExactly("theirs", "white", "black");
    }

    private String collections() {
        return dataset() + "/items/collections";
    }

    private Reply create(String name) {
        return owner().post(collections(), Map.of("name", name));
    }

    private Reply collect(String deed, String filename, String... names) {
        return owner().post(
                        collections() + "/" + deed,
                        Map.of("query", Map.of("filter", Map.of("filename", filename)), "collections", List.of(names)));
    }

    /** The ids of what is in no collection, as the SDK asks for them. */
    private List<String> unassigned() {
        List<Map<String, Object>> none = IntStream.range(0, 10)
                .<Map<String, Object>>mapToObj(number -> Map.of("collections" + number, Map.of("$exists", false)))
                .toList();
        return owner().query(datasetId, Map.of("filter", Map.of("$and", none)))
                .at("/items")
                .valueStream()
                .map(item -> item.path("id").asString())
                .toList();
    }

    private String dataset() {
        return "/api/v1/datasets/" + datasetId;
    }

    private String upload(String path) {
        return owner().upload(datasetId, path, "bytes of " + path).id();
    }

    private String uploaded(String path, String metadata, String bytes) {
        Reply reply = owner().upload(
                        datasetId,
                        "skip",
                        Form.of(path).field("metadata", metadata).file(bytes.getBytes(StandardCharsets.UTF_8)));
        assertThat(reply.status()).isEqualTo(201);
        return reply.id();
    }

    private JsonNode item(String itemId) {
        return owner().get("/api/v1/items/" + itemId).json();
    }

    private JsonNode named(String dataset, String filename) {
        return owner().query(dataset, Map.of("filter", Map.of("filename", filename)))
                .at("/items/0");
    }

    private String text(JsonNode item) {
        return owner().get("/api/v1/items/" + item.path("id").asString() + "/stream")
                .text();
    }

    /** The paths of the files, sorted. */
    private List<String> files(String dataset) {
        return idsByName(dataset).keySet().stream().sorted().toList();
    }

    private Map<String, String> idsByName(String dataset) {
        return stored(dataset).stream()
                .filter(item -> "file".equals(item.getString("type")))
                .collect(Collectors.toMap(
                        item -> item.getString("filename"),
                        item -> item.getObjectId("_id").toHexString()));
    }

    /** As if whoever carried out a command had died in that step, which was the first of items. */
    private void again(String commandId, Document what, String step) {
        Update cutOff = Update.update("status", "IN_PROGRESS")
                .set("what", what)
                .set("step", new Document("upTo", step).append("size", step.length() / 24L))
                .set("done", 0L)
                .set("attempts", 1)
                .set("holder", "dead")
                .set("slot", "dead/" + commandId)
                .set("leasedUntil", new Date())
                .unset("expiresAt");
        Outcome.of(
                mongo.updateFirst(Query.query(Criteria.where("_id").is(new ObjectId(commandId))), cutOff, "commands"));
    }

    private Reply ended(String commandId) {
        Client owner = owner();
        String path = "/api/v1/commands/" + commandId;
        await().atMost(PATIENCE)
                .until(() -> !Set.of("created", "in-progress")
                        .contains(owner.get(path).at("/status").asString()));
        return owner.get(path);
    }
}
