package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.itemservice.testing.Form;
import io.sluice.itemservice.testing.Pictures;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = "item-service.thumbnail.at-once=1")
abstract class ThumbnailContract extends RunningItemService {

    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final int RED = 0xff0000;
    private static final int BLUE = 0x0000ff;

    private final String datasetId = newDataset();

    @Test
    void makesAThumbnailOfAPictureAfterItsUpload() throws IOException {
        String itemId = owner().upload(
                        datasetId, "/a/p.jpg", Pictures.turned(Pictures.halves("jpeg", 600, 300, RED, BLUE), 6))
                .id();

        Reply first = owner().get("/api/v1/items/" + itemId + "/thumbnail");
        if (first.status() == 404) {
            assertThat(first.header("retry-after")).isNotNull();
            assertThat(first.text()).contains("being made");
        }
        String thumbnailId = thumbnailOf(itemId);

        Reply reply = owner().get("/api/v1/datasets/" + datasetId + "/items/" + itemId + "/thumbnail");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("content-type")).isEqualTo("image/jpeg");
        assertThat(reply.header("cache-control")).contains("private");
        assertThat(reply.header("x-content-type-options")).isEqualTo("nosniff");
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(reply.bytes()));
        assertThat(picture.getWidth()).isEqualTo(128);
        assertThat(picture.getHeight()).isEqualTo(256);
        assertThat(picture.getRGB(64, 20) >> 16 & 0xff).isGreaterThan(200);
        assertThat(owner().get(
                                "/api/v1/items/" + itemId + "/thumbnail",
                                "If-None-Match",
                                Objects.requireNonNull(reply.header("etag")))
                        .status())
                .isEqualTo(304);
        Reply thumbnail = owner().get("/api/v1/items/" + thumbnailId);
        assertThat(thumbnail.at("/hidden").asBoolean()).isTrue();
        assertThat(thumbnail.at("/dir").asString()).isEqualTo("/.dataloop/thumbnails");
        assertThat(as("stranger").get("/api/v1/items/" + itemId + "/thumbnail").status())
                .isEqualTo(404);
        assertThat(owner().query(datasetId, Map.of("filter", Map.of("hidden", false)))
                        .at("/totalItemsCount")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void fitsAThumbnailIntoWhatIsAskedFor() throws IOException {
        String itemId = owner().upload(datasetId, "/p.png", Pictures.halves("png", 600, 300, RED, BLUE))
                .id();
        thumbnailOf(itemId);

        Reply small = owner().get("/api/v1/items/" + itemId + "/thumbnail?width=50&height=10");

        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(small.bytes()));
        assertThat(picture.getWidth()).isEqualTo(20);
        assertThat(picture.getHeight()).isEqualTo(10);
        assertThat(small.header("etag")).endsWith("-50x10\"");
        Reply refused = owner().get("/api/v1/items/" + itemId + "/thumbnail?height=1025");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.field()).isEqualTo("height");
    }

    /** The SDK uploads and updates at once; a console reads, and saves what it has read a minute later. */
    @Test
    void leavesTheItemToThoseWhoHaveReadIt() {
        Reply upload = owner().upload(datasetId, "/p.png", Pictures.halves("png", 30, 30, RED, BLUE));
        Reply updated =
                owner().patch("/api/v1/items/" + upload.id(), Map.of("metadata", Map.of("user", Map.of("k", 1))));
        thumbnailOf(upload.id());

        Reply item = owner().get("/api/v1/items/" + upload.id());
        assertThat(item.at("/metadata/user/k").asInt()).isEqualTo(1);
        assertThat(item.at("/updatedAt")).isEqualTo(updated.at("/updatedAt"));
        assertThat(item.header("etag")).isNotEqualTo(updated.header("etag"));
        Map<String, Object> change = Map.of("description", "new");
        assertThat(owner().patch("/api/v1/items/" + upload.id(), change, "If-Match", etag(updated))
                        .status())
                .isEqualTo(200);
        assertThat(owner().patch("/api/v1/items/" + upload.id(), change, "If-Match", etag(updated))
                        .status())
                .isEqualTo(412);
    }

    @Test
    void makesAnotherWhenTheBytesAreReplaced() {
        Reply upload = owner().upload(datasetId, "/p.png", Pictures.halves("png", 30, 30, RED, BLUE));
        String before = thumbnailOf(upload.id());

        Reply revised = owner().upload(
                        datasetId, "overwrite", Form.of("/p.png").file(Pictures.halves("png", 20, 30, BLUE, RED)));

        assertThat(revised.at("/metadata/system/thumbnailId").isMissingNode()).isTrue();
        assertThat(thumbnailOf(upload.id())).isNotEqualTo(before);
        await().atMost(LONGEST)
                .until(() -> owner().get("/api/v1/items/" + before).status() == 404);
        owner().upload(datasetId, "overwrite", Form.of("/p.png").file("no picture any more"));
        await().atMost(LONGEST).until(() -> thumbnails().isEmpty());
    }

    @Test
    void deletesTheThumbnailWithTheItem() {
        Reply upload = owner().upload(datasetId, "/p.png", Pictures.halves("png", 30, 30, RED, BLUE));
        thumbnailOf(upload.id());

        owner().delete("/api/v1/items/" + upload.id());

        assertThat(thumbnails()).isEmpty();
    }

    @Test
    void givesACopyItsOwn() {
        Reply upload = owner().upload(datasetId, "/p.png", Pictures.halves("png", 30, 30, RED, BLUE));
        String original = thumbnailOf(upload.id());
        String target = newDataset();

        owner().post(
                        "/api/v1/items/" + upload.id() + "/clone",
                        Map.of("targetDatasetId", target, "cloneDatasetParams", Map.of("withMetadata", true)));
        await().atMost(LONGEST).until(() -> stored(target).stream().anyMatch(ThumbnailContract::isFile));
        Document copy = stored(target).stream()
                .filter(ThumbnailContract::isFile)
                .findFirst()
                .orElseThrow();

        String own = thumbnailOf(copy.getObjectId("_id").toHexString());
        assertThat(own).isNotEqualTo(original);
        assertThat(owner().get("/api/v1/items/" + own).at("/datasetId").asString())
                .isEqualTo(target);
    }

    @Test
    void takesUpWhatADeadReplicaHasLeft() {
        byte[] bytes = Pictures.halves("png", 30, 30, RED, BLUE);
        Reply upload = owner().upload(datasetId, "/p.png", bytes);
        String lost = thumbnailOf(upload.id());
        owner().delete("/api/v1/items/" + lost);
        Date past = Date.from(Instant.now().minusSeconds(60));

        insert(
                "thumbnail_jobs",
                new Document("_id", new ObjectId(upload.id()))
                        .append("datasetId", datasetId)
                        .append("sha256", sha256(bytes))
                        .append("askedAt", past)
                        .append("dueAt", past)
                        .append("attempts", 1));

        await().atMost(LONGEST).until(() -> !thumbnailOf(upload.id()).equals(lost));
    }

    @Test
    void takesABrokenPictureForAGoodItem() {
        byte[] broken = Pictures.halves("png", 300, 300, RED, BLUE);
        Arrays.fill(broken, 45, broken.length, (byte) 7);
        Reply upload = owner().upload(datasetId, "/p.png", broken);

        await().atMost(LONGEST)
                .until(() -> owner().get("/api/v1/items/" + upload.id())
                        .at("/metadata/system/thumbnailError")
                        .isString());
        Reply none = owner().get("/api/v1/items/" + upload.id() + "/thumbnail");
        assertThat(none.status()).isEqualTo(404);
        assertThat(none.header("retry-after")).isNull();
        assertThat(none.text()).contains("cannot be read as a picture");
        assertThat(owner().get("/api/v1/items/" + upload.id() + "/stream").bytes())
                .isEqualTo(broken);
    }

    @Test
    void takesABombForAGoodItem() {
        byte[] bomb = Pictures.of("png", BufferedImage.TYPE_INT_RGB);
        Arrays.fill(bomb, 18, 20, (byte) 0xff);
        Arrays.fill(bomb, 22, 24, (byte) 0xff);

        Reply upload = owner().upload(datasetId, "/bomb.png", bomb);

        assertThat(upload.at("/metadata/system/width").asInt()).isEqualTo(65_535);
        Reply none = owner().get("/api/v1/items/" + upload.id() + "/thumbnail");
        assertThat(none.status()).isEqualTo(404);
        assertThat(none.text()).contains("more than 50000000 pixels");
    }

    @Test
    void makesNoneOfWhatIsNoPicture() {
        Reply upload = owner().upload(datasetId, "/a.txt", "text");

        assertThat(owner().get("/api/v1/items/" + upload.id() + "/thumbnail").text())
                .contains("JPEG, PNG, WebP");
    }

    private String thumbnailOf(String itemId) {
        await().atMost(LONGEST)
                .until(() ->
                        owner().get("/api/v1/items/" + itemId + "/thumbnail").status() == 200);
        return owner().get("/api/v1/items/" + itemId)
                .at("/metadata/system/thumbnailId")
                .asString();
    }

    private List<Document> thumbnails() {
        return stored(datasetId).stream()
                .filter(item -> item.getString("filename").startsWith("/.dataloop/thumbnails/"))
                .toList();
    }

    private static boolean isFile(Document item) {
        return item.getString("type").equals("file") && !item.getBoolean("hidden");
    }

    private static String etag(Reply reply) {
        return Objects.requireNonNull(reply.header("etag"));
    }
}
