package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.itemservice.dataset.GoneDatasets;
import io.sluice.itemservice.testing.Connection;
import io.sluice.itemservice.testing.Form;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import io.sluice.kit.testing.MovableClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What the dataset-service asks of the items. */
abstract class InternalDatasetContract extends RunningItemService {

    private final String datasetId = newDataset();

    @Autowired
    private GoneDatasets gone;

    @Autowired
    private Items items;

    @Autowired
    private DirectoryMove directoryMove;

    @Autowired
    private ItemDeletion deletion;

    @Test
    void isForServicesOnly() {
        Map<String, Object> query = Map.of("datasetIds", List.of(datasetId));

        assertThat(nobody().post("/internal/datasets/counts", query).status()).isEqualTo(401);
        assertThat(owner().post("/internal/datasets/counts", query).status()).isEqualTo(403);
        assertThat(service().post("/internal/datasets/counts", query).status()).isEqualTo(200);
        assertThat(nobody().delete("/internal/datasets/" + datasetId).status()).isEqualTo(401);
        assertThat(owner().delete("/internal/datasets/" + datasetId).status()).isEqualTo(403);
        assertThat(service().delete("/internal/datasets/" + datasetId).status()).isEqualTo(204);
    }

    @Test
    void countsTheVisibleFilesOfDatasets() {
        String empty = newDataset();
        owner().upload(datasetId, "/a/one.txt", "1");
        owner().upload(datasetId, "/a/two.txt", "2");
        owner().upload(datasetId, "/.dataloop/three.txt", "3");

        JsonNode counts = service()
                .post("/internal/datasets/counts", Map.of("datasetIds", List.of(empty, datasetId, "some_id")))
                .json();

        assertThat(counts).hasSize(2);
        assertThat(counts.at("/0/datasetId").asString()).isEqualTo(empty);
        assertThat(counts.at("/0/itemsCount").asInt()).isZero();
        assertThat(counts.at("/1/datasetId").asString()).isEqualTo(datasetId);
        assertThat(counts.at("/1/itemsCount").asInt()).isEqualTo(2);
        assertThat(counts.at("/1/annotatedCount").asInt()).isZero();
        assertThat(counts.at("/1/bytes").asInt()).isEqualTo(3);
    }

    @Test
    void countsFromTheBeginningForWhoMayChangeItems() {
        String counters = "/api/v1/datasets/" + datasetId + "/counters";
        owner().upload(datasetId, "/one.txt", "1");

        assertThat(as("annotator").delete(counters).status()).isEqualTo(403);
        assertThat(as("stranger").delete(counters).status()).isEqualTo(404);
        assertThat(owner().delete(counters).status()).isEqualTo(204);
        assertThat(service()
                        .post("/internal/datasets/counts", Map.of("datasetIds", List.of(datasetId)))
                        .at("/0/itemsCount")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void countsWhatAProjectHoldsAsACommand() {
        owner().upload(datasetId, "/one.txt", "1");
        lists(datasetId, 0);
        String count = "/api/v1/datasets/countAnnotationsByProject/";

        Reply reply = owner().post(count + "6b0183990000000000001001", "");

        assertThat(reply.at("/type").asString()).isEqualTo("CountAnnotations");
        await().untilAsserted(() -> {
            Reply command = owner().get("/api/v1/commands/" + reply.id());
            assertThat(command.at("/status").asString()).isEqualTo("success");
            assertThat(command.at("/spec/annotationsCount").asInt()).isZero();
            assertThat(command.at("/spec/itemsCount").asInt()).isPositive();
        });
        assertThat(owner().post(count + "dead00000000000000000000", "").status())
                .isEqualTo(404);
    }

    @Test
    void deletesAtOnceWhatIsKeptNoLongerButNotWhereTheCallerMayNot() {
        String kept = newDataset();
        owner().upload(datasetId, "/new.txt", "1");
        String old = owner().upload(datasetId, "/old.txt", "2").id();
        String locked = newDataset();
        owner().upload(locked, "/old.txt", "3");
        owner().upload(kept, "/old.txt", "4");
        lists(kept, 0);
        lists(locked, 1);
        lists(datasetId, 1);
        lock(locked);
        makeOld(old);

        Reply reply = owner().post("/api/v1/datasets/deleteExpiredItems", "");

        assertThat(reply.at("/type").asString()).isEqualTo("DeleteExpiredItems");
        await().untilAsserted(() -> assertThat(owner().get("/api/v1/commands/" + reply.id())
                        .at("/status")
                        .asString())
                .isEqualTo("success"));
        assertThat(stored(datasetId)).hasSize(1);
        assertThat(stored(kept)).hasSize(1);
        assertThat(owner().get("/api/v1/commands/" + reply.id()).at("/spec/datasetIds"))
                .extracting(JsonNode::asString)
                .contains(datasetId)
                .doesNotContain(kept, locked);
        Reply strangers = as("stranger").post("/api/v1/datasets/deleteExpiredItems", "");
        assertThat(strangers.status()).isLessThan(300);
    }

    /** The same item under an id of long ago. */
    private void makeOld(String itemId) {
        Item item = Objects.requireNonNull(items.find(itemId).block());
        items.delete(List.of(itemId)).block();
        items.insert(item.copiedTo(
                        "5" + itemId.substring(1),
                        datasetId,
                        item.path(),
                        item.metadata(),
                        "me",
                        Instant.now().minus(Duration.ofDays(1_000))))
                .block();
    }

    @Test
    void refusesACountOfWhatIsNoList() {
        for (String query :
                List.of("{}", "{\"datasetIds\":null}", "{\"datasetIds\":[null]}", "{\"datasetIds\":\"x\"}")) {
            assertThat(service().post("/internal/datasets/counts", query).status())
                    .as(query)
                    .isEqualTo(400);
        }
    }

    @Test
    void deletesEverythingInADatasetAndReleasesItsBytes() {
        byte[] bytes = "of the dataset".getBytes(StandardCharsets.UTF_8);
        String other = newDataset();
        owner().upload(datasetId, "/a/one.txt", bytes);
        owner().upload(datasetId, "/.dataloop/two.txt", "2");
        owner().upload(other, "/three.txt", "3");

        Reply reply = service().delete("/internal/datasets/" + datasetId);

        assertThat(reply.status()).isEqualTo(204);
        assertThat(stored(datasetId)).isEmpty();
        assertThat(stored(other)).hasSize(1);
        assertThat(isReleased(sha256(bytes))).isTrue();
        assertThat(service().delete("/internal/datasets/" + datasetId).status()).isEqualTo(204);
        assertThat(service().delete("/internal/datasets/some_id").status()).isEqualTo(204);
    }

    @Test
    void deletesFilesWhoseTimeIsOver() {
        String old = owner().upload(datasetId, "/a/old.txt", "old").id();
        String hidden =
                owner().upload(datasetId, "/.dataloop/old.txt", "hidden").id();
        String expire = "/internal/datasets/" + datasetId + "/items?createdBefore=";

        assertThat(owner().delete(expire + Instant.now()).status()).isEqualTo(403);
        assertThat(service()
                        .delete(expire + Instant.now().minus(Duration.ofDays(1)))
                        .json()
                        .path("count")
                        .asInt())
                .isZero();
        Reply reply = service().delete(expire + Instant.now().plus(Duration.ofDays(1)));

        assertThat(reply.json().path("count").asInt()).isEqualTo(2);
        assertThat(owner().get("/api/v1/items/" + old).status()).isEqualTo(404);
        assertThat(owner().get("/api/v1/items/" + hidden).status()).isEqualTo(404);
        // Directories stay.
        assertThat(stored(datasetId)).hasSize(2);
        assertThat(isReleased(sha256("old".getBytes(StandardCharsets.UTF_8)))).isTrue();
    }

    /** Whoever asked before the deletion may still be let in for some seconds. */
    @Test
    void takesNothingIntoADatasetThatIsGone() {
        String item = owner().upload(datasetId, "/a.txt", "1").id();
        service().delete("/internal/datasets/" + datasetId);

        Reply upload = owner().upload(datasetId, "skip", Form.of("/b/c.txt").file("late"));
        Reply directory =
                owner().post("/api/v1/datasets/" + datasetId + "/items", Map.of("type", "dir", "path", "/d/e"));
        Reply move = owner().patch("/api/v1/items/" + item, Map.of("filename", "/f/g.txt"));

        assertThat(upload.status()).isEqualTo(404);
        assertThat(directory.status()).isEqualTo(404);
        assertThat(move.status()).isEqualTo(404);
        assertThat(stored(datasetId)).isEmpty();
        assertThat(staged()).isEmpty();
        assertThat(isReleased(sha256("late".getBytes(StandardCharsets.UTF_8)))).isTrue();
    }

    @Test
    void leavesNothingOfAnUploadDuringWhichTheDatasetGoes() throws Exception {
        try (Connection upload = new Connection(port())) {
            upload.begin(datasetId, "skip", owner().token())
                    .send(Form.of("/dir/late.bin").upToTheFile())
                    .send(new byte[1_000_000]);
            await().until(() -> !staged().isEmpty());

            service().delete("/internal/datasets/" + datasetId);

            assertThat(upload.send(Form.end()).end().answer().status()).isEqualTo(404);
        }
        assertThat(stored(datasetId)).isEmpty();
        assertThat(staged()).isEmpty();
    }

    /** A crash after the document was written and before the last look at the dataset. */
    @Test
    void looksAgainSomeTimeAfterTheDeletionOfADataset() {
        service().delete("/internal/datasets/" + datasetId);
        MovableClock clock = new MovableClock();
        items.insert(Item.directory(datasetId, new ItemPath("/left"), "me", clock))
                .block();
        UnfinishedWork unfinishedWork = new UnfinishedWork(items, directoryMove, deletion, gone, clock);

        unfinishedWork.takeUp().block();
        assertThat(stored(datasetId)).hasSize(1);

        clock.advance(UnfinishedWork.BEFORE_SECOND_LOOK.plus(Duration.ofMinutes(1)));
        unfinishedWork.takeUp().block();
        assertThat(stored(datasetId)).isEmpty();
        assertThat(gone.toSweep(clock.instant()).collectList().block()).doesNotContain(datasetId);
    }
}
