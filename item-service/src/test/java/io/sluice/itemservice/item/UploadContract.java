package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.itemservice.testing.Client;
import io.sluice.itemservice.testing.Connection;
import io.sluice.itemservice.testing.Form;
import io.sluice.itemservice.testing.Pictures;
import io.sluice.itemservice.testing.Recordings;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import java.awt.image.BufferedImage;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

abstract class UploadContract extends RunningItemService {

    private static final int MEGABYTE = 1024 * 1024;

    private final String datasetId = newDataset();

    // --- What an upload answers

    @Test
    void createsAnItem() {
        Reply reply =
                owner().upload(datasetId, "skip", Form.of("/dir/in/one.txt").file("hello world\n"));

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.header("content-type")).isEqualTo("application/json");
        assertThat(reply.header("x-item-op")).isEqualTo("created");
        assertThat(reply.header("location")).endsWith("/api/v1/items/" + reply.id());
        assertThat(ObjectId.isValid(reply.id())).isTrue();
        JsonNode item = reply.json();
        assertThat(item.propertyNames())
                .contains(
                        "annotations",
                        "annotationsCount",
                        "dataset",
                        "createdAt",
                        "datasetId",
                        "updatedAt",
                        "updatedBy",
                        "thumbnail",
                        "annotated",
                        "metadata",
                        "filename",
                        "stream",
                        "name",
                        "type",
                        "url",
                        "id",
                        "hidden",
                        "dir");
        assertThat(item.at("/datasetId").asString()).isEqualTo(datasetId);
        assertThat(item.at("/type").asString()).isEqualTo("file");
        assertThat(item.at("/filename").asString()).isEqualTo("/dir/in/one.txt");
        assertThat(item.at("/name").asString()).isEqualTo("one.txt");
        assertThat(item.at("/dir").asString()).isEqualTo("/dir/in");
        assertThat(item.at("/hidden").asBoolean()).isFalse();
        assertThat(item.at("/annotated").asBoolean()).isFalse();
        assertThat(item.at("/creator").asString()).isEqualTo("owner@example.org");
        assertThat(item.at("/createdAt").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(item.at("/description").isNull()).isTrue();
        assertThat(item.at("/stream").asString())
                .isEqualTo("http://127.0.0.1:" + port() + "/api/v1/items/" + reply.id() + "/stream");
        assertThat(item.at("/metadata/system/size").asInt()).isEqualTo(12);
        assertThat(item.at("/metadata/system/mimetype").asString()).isEqualTo("text/plain");
        assertThat(item.at("/metadata/system/originalname").asString()).isEqualTo("one.txt");
        assertThat(item.at("/metadata/system/refs").isArray()).isTrue();
        assertThat(owner().get("/api/v1/items/" + reply.id()).json()).isEqualTo(item);
    }

    /** A client that repeats an upload makes a new boundary. */
    @Test
    void answersARepeatWithItsIdempotencyKeyAsTheFirst() {
        Form form = Form.of("/a.bin").file(new byte[3 * MEGABYTE]);

        Reply first = uploadWithKey(form, Form.BOUNDARY);
        Reply second = uploadWithKey(form, "another-boundary");

        assertThat(first.header("x-item-op")).isEqualTo("created");
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.header("idempotency-replayed")).isEqualTo("true");
        assertThat(second.header("x-item-op")).isEqualTo("created");
        assertThat(second.json()).isEqualTo(first.json());
        assertThat(uploadWithKey(Form.of("/a.bin").file("other bytes"), Form.BOUNDARY)
                        .status())
                .isEqualTo(422);
    }

    private Reply uploadWithKey(Form form, String boundary) {
        String bytes = new String(form.bytes(), StandardCharsets.ISO_8859_1).replace(Form.BOUNDARY, boundary);
        return owner().send(
                        "POST",
                        "/api/v1/datasets/" + datasetId + "/items",
                        "multipart/form-data; boundary=" + boundary,
                        BodyPublishers.ofByteArray(bytes.getBytes(StandardCharsets.ISO_8859_1)),
                        "Idempotency-Key",
                        "\"" + datasetId + "\"");
    }

    @Test
    void keepsTheBytesUnderTheirDigest() {
        byte[] bytes = "kept by its digest".getBytes(StandardCharsets.UTF_8);

        Reply reply = owner().upload(datasetId, "/a.txt", bytes);

        assertThat(placeOf(sha256(bytes)).getInteger("size")).isEqualTo(bytes.length);
        assertThat(download(reply.id())).isEqualTo(bytes);
        assertThat(staged()).isEmpty();
    }

    @Test
    void keepsMetadataAndDescriptionAsTheyWereGiven() {
        Reply reply = owner().upload(
                        datasetId,
                        "skip",
                        Form.of("/a.txt")
                                .field("metadata", """
                                {"user": {"k": 1, "a.b": 2.5, "$set": {"~1": "x"}, "big": 12345678901234567890,
                                          "none": null, "list": [1, "2", {"x.y": null}]},
                                 "fps": 25, "custom": {"deep": {"er": true}}}""")
                                .field("description", "grün \uD83D\uDC11")
                                .file("x"));

        JsonNode metadata = reply.at("/metadata");
        assertThat(metadata.at("/user").toString())
                .isEqualTo("{\"k\":1,\"a.b\":2.5,\"$set\":{\"~1\":\"x\"},\"big\":12345678901234567890,"
                        + "\"none\":null,\"list\":[1,\"2\",{\"x.y\":null}]}");
        assertThat(metadata.at("/fps").asInt()).isEqualTo(25);
        assertThat(metadata.at("/custom/deep/er").asBoolean()).isTrue();
        assertThat(reply.at("/description").asString()).isEqualTo("grün \uD83D\uDC11");
        assertThat(owner().get("/api/v1/items/" + reply.id()).json()).isEqualTo(reply.json());
    }

    @Test
    void leavesAnExistingItemAloneInModeSkip() {
        Reply first = owner().upload(datasetId, "/a.txt", "first");

        Reply second = owner().upload(
                        datasetId,
                        "skip",
                        Form.of("/a.txt")
                                .field("metadata", "{\"user\": {\"k\": 1}}")
                                .field("description", "new")
                                .file("second"));

        assertThat(second.status()).isEqualTo(200);
        assertThat(second.header("x-item-op")).isEqualTo("exist");
        assertThat(second.json()).isEqualTo(first.json());
        assertThat(download(first.id())).asString(StandardCharsets.UTF_8).isEqualTo("first");
    }

    @Test
    void replacesAnExistingItemInModeOverwriteAndKeepsItsId() {
        byte[] before = "before".getBytes(StandardCharsets.UTF_8);
        Reply first = owner().upload(
                        datasetId,
                        "skip",
                        Form.of("/a.txt")
                                .field("metadata", "{\"user\": {\"old\": 1}}")
                                .field("description", "old")
                                .file(before));

        Reply second = as("engineer")
                .upload(
                        datasetId,
                        "overwrite",
                        Form.of("/a.txt")
                                .field("metadata", "{\"user\": {\"new\": 2}}")
                                .file("the second"));

        assertThat(second.status()).isEqualTo(200);
        assertThat(second.header("x-item-op")).isEqualTo("overwrite");
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.at("/metadata/user").toString()).isEqualTo("{\"new\":2}");
        assertThat(second.at("/metadata/system/size").asInt()).isEqualTo(10);
        assertThat(second.at("/description").isNull()).isTrue();
        assertThat(second.at("/creator").asString()).isEqualTo("owner@example.org");
        assertThat(second.at("/updatedBy").asString()).isEqualTo("engineer@example.org");
        assertThat(second.at("/createdAt")).isEqualTo(first.at("/createdAt"));
        assertThat(download(first.id())).asString(StandardCharsets.UTF_8).isEqualTo("the second");
        assertThat(isReleased(sha256(before))).isTrue();
    }

    @Test
    void takesThePartsInAnyOrder() {
        Reply reply = owner().upload(
                        datasetId,
                        "skip",
                        Form.empty()
                                .file("hello")
                                .field("description", "late")
                                .field("metadata", "{\"user\": {\"k\": 1}}")
                                .field("path", "/late.txt")
                                .field("type", "file"));

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.at("/filename").asString()).isEqualTo("/late.txt");
        assertThat(reply.at("/metadata/user/k").asInt()).isEqualTo(1);
        assertThat(reply.at("/description").asString()).isEqualTo("late");
        assertThat(download(reply.id())).asString(StandardCharsets.UTF_8).isEqualTo("hello");
    }

    @Test
    void leavesAnExistingItemAloneWhenThePathComesLast() {
        Reply first = owner().upload(datasetId, "/late.txt", "first");

        Reply second = owner().upload(
                        datasetId, "skip", Form.empty().file("the second").field("path", "/late.txt"));

        assertThat(second.header("x-item-op")).isEqualTo("exist");
        assertThat(second.json()).isEqualTo(first.json());
        assertThat(staged()).isEmpty();
        assertThat(isReleased(sha256("the second".getBytes(StandardCharsets.UTF_8))))
                .isTrue();
    }

    @Test
    void takesAnEmptyFile() {
        Reply reply = owner().upload(datasetId, "/empty.bin", new byte[0]);

        assertThat(reply.at("/metadata/system/size").asInt()).isZero();
        assertThat(download(reply.id())).isEmpty();
    }

    /** As curl sends them: a JSON part that says so, a file of no known type. */
    @Test
    void takesPartsOfOtherTypes() {
        Reply reply = owner().upload(
                        datasetId,
                        "skip",
                        Form.of("/a.bin")
                                .part(
                                        "Content-Disposition: form-data; name=\"metadata\"\r\nContent-Type: application/json",
                                        "{\"user\": {\"k\": \"ü\"}}".getBytes(StandardCharsets.UTF_8))
                                .part(
                                        "Content-Disposition: form-data; name=\"description\"\r\n"
                                                + "Content-Type: text/plain; charset=iso-8859-1",
                                        "ü".getBytes(StandardCharsets.ISO_8859_1))
                                .part(
                                        "Content-Disposition: form-data; name=\"file\"\r\n"
                                                + "Content-Type: application/octet-stream",
                                        new byte[] {0, (byte) 0xff}));

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.at("/metadata/user/k").asString()).isEqualTo("ü");
        assertThat(reply.at("/description").asString()).isEqualTo("ü");
        assertThat(download(reply.id())).containsExactly(0, 0xff);
    }

    @Test
    void takesAFileThatIsSentAsATextByteForByte() {
        Reply reply = owner().upload(datasetId, "skip", Form.of("/a.bin").field("file", new byte[] {
            0, (byte) 0xff, '\r', '\n'
        }));

        assertThat(reply.status()).isEqualTo(201);
        assertThat(download(reply.id())).containsExactly(0, 0xff, '\r', '\n');
    }

    @Test
    void writesALargeFileDownAsItComes() throws Exception {
        byte[] block = new byte[MEGABYTE];
        Arrays.fill(block, (byte) 'x');
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (Connection upload = new Connection(port())) {
            upload.begin(datasetId, "skip", owner().token())
                    .send(Form.of("/large.bin").upToTheFile());
            for (int sent = 0; sent < 40; sent++) {
                upload.send(block);
                digest.update(block);
            }
            await().until(() -> staged().stream().anyMatch(file -> file.toFile().length() > 30L * MEGABYTE));
            for (int sent = 40; sent < 60; sent++) {
                upload.send(block);
                digest.update(block);
            }
            Connection.Answer answer = upload.send(Form.end()).end().answer();

            assertThat(answer.status()).isEqualTo(201);
            assertThat(answer.json().at("/metadata/system/size").asLong()).isEqualTo(60L * MEGABYTE);
            String sha256 = HexFormat.of().formatHex(digest.digest());
            assertThat(blob(sha256)).hasSize(60L * MEGABYTE);
            Reply head =
                    owner().head("/api/v1/items/" + answer.json().path("id").asString() + "/stream");
            assertThat(head.header("etag")).isEqualTo('"' + sha256 + '"');
        }
    }

    // --- What the bytes are

    @Test
    void measuresPictures() {
        assertThat(system("/rgb.png", Pictures.of("png", BufferedImage.TYPE_INT_RGB)))
                .containsEntry("mimetype", "image/png")
                .containsEntry("width", 7)
                .containsEntry("height", 5)
                .containsEntry("channels", 3);
        assertThat(system("/rgba.png", Pictures.of("png", BufferedImage.TYPE_INT_ARGB)))
                .containsEntry("channels", 4);
        assertThat(system("/grey.png", Pictures.of("png", BufferedImage.TYPE_BYTE_GRAY)))
                .containsEntry("channels", 1);
        assertThat(system("/rgb.jpg", Pictures.of("jpeg", BufferedImage.TYPE_INT_RGB)))
                .containsEntry("mimetype", "image/jpeg")
                .containsEntry("width", 7)
                .containsEntry("height", 5)
                .containsEntry("channels", 3);
        assertThat(system("/grey.jpg", Pictures.of("jpeg", BufferedImage.TYPE_BYTE_GRAY)))
                .containsEntry("channels", 1);
        assertThat(system("/a.gif", Pictures.of("gif", BufferedImage.TYPE_BYTE_INDEXED)))
                .containsEntry("mimetype", "image/gif")
                .containsEntry("width", 7)
                .containsEntry("height", 5);
        assertThat(system("/a.bmp", Pictures.of("bmp", BufferedImage.TYPE_INT_RGB)))
                .containsEntry("mimetype", "image/bmp")
                .containsEntry("width", 7)
                .containsEntry("height", 5);
        assertThat(system("/a.tif", Pictures.of("tiff", BufferedImage.TYPE_INT_RGB)))
                .containsEntry("mimetype", "image/tiff")
                .containsEntry("width", 7)
                .containsEntry("height", 5);
        assertThat(system("/turned.jpg", Pictures.turnedJpeg(6))).containsEntry("exif", Map.of("Orientation", 6));
    }

    @Test
    void measuresVideosAndSounds() {
        Reply video = owner().upload(datasetId, "/film.mp4", Recordings.mp4());
        assertThat(video.at("/metadata/system/mimetype").asString()).isEqualTo("video/mp4");
        assertThat(video.at("/metadata/system/fps").asDouble()).isEqualTo(25);
        assertThat(video.at("/metadata/fps").asDouble()).isEqualTo(25);
        assertThat(video.at("/metadata/system/ffmpeg/nb_read_frames").asString())
                .isEqualTo("100");
        assertThat(system("/film.webm", Recordings.webm()))
                .containsEntry("mimetype", "video/webm")
                .containsEntry("duration", 2.5)
                .containsEntry("width", 320)
                .containsEntry("height", 240);
        assertThat(system("/sound.wav", Recordings.wav())).containsEntry("duration", 1.5);
        assertThat(system("/sound.mp3", Recordings.mp3ThatSaysHowLong()))
                .containsEntry("mimetype", "audio/mpeg")
                .containsKey("duration");
    }

    @Test
    void goesByTheBytesAndNotByTheNameForTheType() {
        byte[] png = Pictures.of("png", BufferedImage.TYPE_INT_RGB);

        assertThat(system("/picture.txt", png)).containsEntry("mimetype", "image/png");
        assertThat(system("/noextension", png)).containsEntry("mimetype", "image/png");
        assertThat(system("/table.csv", "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8)))
                .containsEntry("mimetype", "text/csv");
        assertThat(system("/unknown", new byte[] {0, 1, 2, 3})).containsEntry("mimetype", "application/octet-stream");
    }

    @Test
    void takesAPictureThatIsBroken() {
        byte[] png = Pictures.of("png", BufferedImage.TYPE_INT_RGB);

        assertThat(system("/cut.png", Arrays.copyOf(png, 20))).containsEntry("size", 20);
        assertThat(system("/garbled.jpg", new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe1, 0, 1}))
                .containsEntry("size", 6);
    }

    @Test
    void seesThatAFileIsALink() {
        Map<String, Object> system = system("/l.json", """
                {"type": "link", "shebang": "dataloop",
                 "metadata": {"dltype": "link",
                              "linkInfo": {"type": "url", "ref": "https://x/y.jpg", "mimetype": "image/jpeg"}}}""".getBytes(StandardCharsets.UTF_8));

        assertThat(system)
                .containsEntry("mimetype", "image/jpeg")
                .containsEntry(
                        "shebang",
                        Map.of(
                                "dltype",
                                "link",
                                "linkInfo",
                                Map.of("type", "url", "ref", "https://x/y.jpg", "mimetype", "image/jpeg")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"shebang\": \"dataloop\", \"metadata\": {\"a\\u0000b\": 1}}",
                "{\"shebang\": \"dataloop\", \"metadata\": {\"n\": 123456789012345678901234567890123456789012345}}",
                "{\"shebang\": \"dataloop\", \"metadata\": \"text\"}",
                "{\"shebang\": 1}",
                "{\"shebang\": \"dataloop\", ",
                "[1]"
            })
    void takesAJsonFileThatOnlyLooksLikeALink(String json) {
        assertThat(system("/a.json", json.getBytes(StandardCharsets.UTF_8))).doesNotContainKey("shebang");
    }

    @Test
    void ignoresWhatAClientSaysOfTheBytes() {
        Reply reply = owner().upload(
                        datasetId,
                        "skip",
                        Form.of("/a.txt").field("metadata", """
                                {"system": {"size": 99, "mimetype": "image/png", "width": 7, "refs": [{"id": "t1"}],
                                            "exif": {"Orientation": 3}, "shebang": {"dltype": "link"},
                                            "channels": 3, "originalname": "b", "mine": true}}""").file("hello"));

        JsonNode system = reply.at("/metadata/system");
        assertThat(system.path("size").asInt()).isEqualTo(5);
        assertThat(system.path("mimetype").asString()).isEqualTo("text/plain");
        assertThat(system.path("originalname").asString()).isEqualTo("a.txt");
        assertThat(system.path("refs")).isEmpty();
        assertThat(system.has("width")).isFalse();
        assertThat(system.has("channels")).isFalse();
        assertThat(system.has("exif")).isFalse();
        assertThat(system.has("shebang")).isFalse();
        assertThat(system.path("mine").asBoolean()).isTrue();
    }

    // --- Names and paths

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a*b?.txt",
                "/100%.txt",
                "/%2e%2e/x",
                "/1+1.txt",
                "/#1",
                "/a\nb",
                "/a\"b\"",
                "/a'b'",
                "/ a ",
                "/a;b=c",
                "/\uD83D\uDC11/羊.jpg",
                "/.hidden/..x",
                "/a.b/c",
                "/C:x",
                "/...",
                "/$where",
                "/~",
                "/{a}[b]",
                "/\u202Egnp"
            })
    void keepsANameByteForByte(String path) {
        Reply reply = owner().upload(datasetId, path, "x");

        assertThat(reply.at("/filename").asString()).isEqualTo(path);
        assertThat(owner().get("/api/v1/items/" + reply.id()).at("/filename").asString())
                .isEqualTo(path);
        assertThat(owner().upload(datasetId, "skip", Form.of(path).file("x")).id())
                .isEqualTo(reply.id());
        assertThat(download(reply.id())).hasSize(1);
    }

    @Test
    void tellsNamesApartThatLookTheSame() {
        String composed = Normalizer.normalize("/für.txt", Normalizer.Form.NFC);
        String decomposed = Normalizer.normalize("/für.txt", Normalizer.Form.NFD);

        Reply first = owner().upload(datasetId, composed, "1");
        Reply second = owner().upload(datasetId, decomposed, "2");

        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(first.at("/filename").asString()).isEqualTo(composed);
        assertThat(second.at("/filename").asString()).isEqualTo(decomposed);
    }

    @Test
    void tellsNamesApartThatAWildcardWouldConfuse() {
        owner().upload(datasetId, "/axb.txt", "1");

        assertThat(owner().upload(datasetId, "skip", Form.of("/a*b.txt").file("2"))
                        .header("x-item-op"))
                .isEqualTo("created");
        assertThat(owner().upload(datasetId, "skip", Form.of("/AXB.txt").file("3"))
                        .header("x-item-op"))
                .isEqualTo("created");
    }

    @Test
    void takesPathsAsTheyAreWritten() {
        assertThat(owner().upload(datasetId, "no/slash.txt", "x")
                        .at("/filename")
                        .asString())
                .isEqualTo("/no/slash.txt");
        assertThat(owner().upload(datasetId, "//double///slash.txt", "x")
                        .at("/filename")
                        .asString())
                .isEqualTo("/double/slash.txt");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "///",
                "/a/",
                "..",
                "/..",
                "/a/../b",
                "/../../etc/passwd",
                "/a/..",
                ".",
                "/./a",
                "/a/.",
                "/a\0b",
                "\\a",
                "/a\\..\\b",
                "\\\\host\\share\\x",
                "C:/x",
                "/C:/x",
                "c:"
            })
    void refusesAPathThatCouldMeanAnotherPlace(String path) {
        Reply reply = owner().upload(datasetId, "skip", Form.of(path).file("x"));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.field()).isEqualTo("path");
        assertThat(stored(datasetId)).isEmpty();
        assertThat(staged()).isEmpty();
    }

    @Test
    void refusesAPathThatIsTooLong() {
        String longest = "/" + "a".repeat(255);

        assertThat(owner().upload(datasetId, longest, "x").at("/name").asString())
                .hasSize(255);
        assertRefused(Form.of(longest + "a").file("x"), 400, "path");
        assertRefused(Form.of("/" + "ä".repeat(128)).file("x"), 400, "path");
        assertRefused(Form.of(("/" + "a".repeat(200)).repeat(11)).file("x"), 400, "path");
        assertRefused(Form.of("/a".repeat(600) + "/b.txt").file("x"), 400, "path");
    }

    @Test
    void refusesAPathThatIsNotUtf8() {
        assertRefused(
                Form.empty()
                        .field("path", new byte[] {'/', (byte) 0xc3, (byte) 0x28})
                        .file("x"),
                400,
                "path");
    }

    @Test
    void refusesAPathBelowAFile() {
        owner().upload(datasetId, "/file", "x");

        Reply reply =
                owner().upload(datasetId, "skip", Form.of("/file/below/a.txt").file("x"));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.field()).isEqualTo("path");
        assertThat(reply.at("/message").asString()).contains("/file");
        assertThat(stored(datasetId)).hasSize(1);
        assertThat(makeDirectory("/file/below").status()).isEqualTo(400);
        assertThat(makeDirectory("/file").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"skip", "overwrite"})
    void refusesToPutAFileInThePlaceOfADirectory(String mode) {
        owner().upload(datasetId, "/directory/a.txt", "x");

        Reply reply = owner().upload(datasetId, mode, Form.of("/directory").file("x"));

        // The SDK deletes what an upload answers with another size: here, everything in the directory.
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.field()).isEqualTo("path");
        assertThat(staged()).isEmpty();
    }

    // --- Forms that are wrong

    @Test
    void refusesMetadataThatIsNoObject() {
        for (String metadata : List.of("[1]", "\"text\"", "1", "{\"user\": ", "{user: 1}", "nonsense")) {
            assertRefused(Form.of("/a.txt").field("metadata", metadata).file("x"), 400, "metadata");
        }
    }

    @Test
    void refusesMetadataThatNestsTooDeep() {
        int depth = 10_000;
        String metadata = "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);

        assertRefused(Form.of("/a.txt").field("metadata", metadata).file("x"), 400, "metadata");
    }

    @Test
    void refusesMetadataThatCannotBeKeptAsItIs() {
        for (String metadata : List.of(
                "{\"user\": {\"a\\u0000b\": 1}}",
                "{\"user\": {\"n\": 123456789012345678901234567890123456789012345}}",
                "{\"user\": {\"n\": 1e999}}",
                "{\"user\": {\"t\": \"\\ud800\"}}",
                "{\"user\": {\"\\ud800\": 1}}")) {
            Reply reply = owner().upload(
                            datasetId,
                            "skip",
                            Form.of("/a.txt").field("metadata", metadata).file("x"));

            assertThat(reply.status()).as(metadata).isEqualTo(400);
            assertThat(reply.field()).as(metadata).startsWith("metadata");
        }
        assertThat(stored(datasetId)).isEmpty();
        assertThat(staged()).isEmpty();
    }

    @Test
    void refusesAFieldOfTwoMegabytes() {
        String text = "x".repeat(2 * MEGABYTE);

        assertRefused(
                Form.of("/a.txt")
                        .field("metadata", "{\"user\": \"" + text + "\"}")
                        .file("x"),
                413,
                "metadata");
        assertRefused(Form.of("/a.txt").field("description", text).file("x"), 413, "description");
        assertRefused(Form.of("/a.txt").field("other", text).file("x"), 413, "other");
    }

    @Test
    void refusesADescriptionThatIsTooLong() {
        assertRefused(Form.of("/a.txt").field("description", "x".repeat(70_000)).file("x"), 400, "description");
    }

    @Test
    void refusesAFormThatLacksSomething() {
        assertRefused(Form.of("/a.txt"), 400, "file");
        assertRefused(Form.empty().field("type", "file").file("x"), 400, "path");
        assertRefused(Form.empty(), 400, null);
        assertRefused(Form.of("/a.txt").file("x").withoutEnd(), 400, null);
        assertRefused(Form.of("/a.txt").withoutEnd(), 400, null);
    }

    @Test
    void refusesMoreThanOneFileAndMoreThanSomeParts() {
        assertRefused(Form.of("/a.txt").file("x").file("y"), 400, "file");
        Form form = Form.of("/a.txt");
        IntStream.range(0, 100).forEach(number -> form.field("f" + number, "x"));
        assertRefused(form.file("x"), 400, null);
    }

    @Test
    void refusesAFileAfterWhichThePathIsWrong() {
        assertRefused(Form.empty().file("x").field("path", "/../x"), 400, "path");
        assertRefused(Form.empty().file("x").field("path", "/x").field("metadata", "[]"), 400, "metadata");
        assertRefused(
                Form.empty()
                        .file("x")
                        .field("path", "/x")
                        .field("metadata", "{}")
                        .file("y"),
                400,
                "file");
    }

    @Test
    void refusesAModeItDoesNotKnow() {
        Reply reply = owner().upload(datasetId, "replace", Form.of("/a.txt").file("x"));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.field()).isEqualTo("mode");
    }

    @Test
    void refusesATypeItDoesNotKnow() {
        assertRefused(Form.empty().field("type", "db_row").field("path", "/a").file("x"), 400, "type");
    }

    @Test
    void refusesABodyOfAnotherKind() {
        Reply reply = owner().send(
                        "POST",
                        "/api/v1/datasets/" + datasetId + "/items",
                        "text/plain",
                        BodyPublishers.ofString("hello"));

        assertThat(reply.status()).isEqualTo(415);
        assertThat(reply.at("/message").asString()).isNotBlank();
    }

    // --- Directories

    @Test
    void makesTheDirectoriesAboveAFile() {
        Reply first = owner().upload(datasetId, "/a/b/c/one.txt", "x");
        owner().upload(datasetId, "/a/b/two.txt", "x");

        assertThat(directories()).containsExactly("/a", "/a/b", "/a/b/c");
        assertThat(first.at("/dir").asString()).isEqualTo("/a/b/c");
        Document directory = stored(datasetId).stream()
                .filter(item -> item.getString("filename").equals("/a/b"))
                .findFirst()
                .orElseThrow();
        assertThat(directory.getString("type")).isEqualTo("dir");
        assertThat(directory.getString("dir")).isEqualTo("/a");
        assertThat(directory.getString("name")).isEqualTo("b");
    }

    @Test
    void makesADirectory() {
        Reply made = owner().postForm("/api/v1/datasets/" + datasetId + "/items", "type=dir&path=%2Fnew%2Fone");
        Reply again = owner().postForm("/api/v1/datasets/" + datasetId + "/items", "type=dir&path=new%2Fone%2F");
        Reply byJson = makeDirectory("/new/one");
        Reply byForm = owner().upload(
                        datasetId, "skip", Form.empty().field("type", "dir").field("path", "/new/one"));

        assertThat(made.status()).isEqualTo(200);
        assertThat(made.at("/type").asString()).isEqualTo("dir");
        assertThat(made.at("/filename").asString()).isEqualTo("/new/one");
        assertThat(made.at("/metadata/system").isObject()).isTrue();
        assertThat(again.json()).isEqualTo(made.json());
        assertThat(byJson.json()).isEqualTo(made.json());
        assertThat(byForm.json()).isEqualTo(made.json());
        assertThat(directories()).containsExactly("/new", "/new/one");
    }

    @Test
    void refusesADirectoryThatCannotBe() {
        assertThat(makeDirectory("/").field()).isEqualTo("path");
        assertThat(makeDirectory("/a/../b").field()).isEqualTo("path");
        assertThat(owner().post("/api/v1/datasets/" + datasetId + "/items", Map.of("type", "dir"))
                        .field())
                .isEqualTo("path");
        assertThat(owner().post("/api/v1/datasets/" + datasetId + "/items", Map.of("path", "/a"))
                        .field())
                .isEqualTo("type");
        assertThat(owner().post("/api/v1/datasets/" + datasetId + "/items", "{\"type\": 1}")
                        .status())
                .isEqualTo(400);
        assertThat(stored(datasetId)).isEmpty();
    }

    @Test
    void showsTheDirectoriesAsATree() {
        owner().upload(datasetId, "/a/b/one.txt", "x");
        owner().upload(datasetId, "/c-d/two.txt", "x");
        owner().upload(datasetId, "/c/three.txt", "x");
        owner().upload(datasetId, "/.dataloop/thumbnails/t.png", "x");

        JsonNode tree =
                owner().get("/api/v1/datasets/" + datasetId + "/directoryTree").json();

        assertThat(tree.at("/value/filename").asString()).isEqualTo("/");
        assertThat(tree.at("/value/type").asString()).isEqualTo("dir");
        assertThat(tree.path("children")
                        .valueStream()
                        .map(child -> child.at("/value/filename").asString()))
                .containsExactlyInAnyOrder("/.dataloop", "/a", "/c", "/c-d");
        assertThat(tree.findValuesAsString("filename"))
                .containsExactlyInAnyOrder("/", "/.dataloop", "/.dataloop/thumbnails", "/a", "/a/b", "/c", "/c-d");
        JsonNode empty = owner().get("/api/v1/datasets/" + newDataset() + "/directoryTree")
                .json();
        assertThat(empty.at("/value/filename").asString()).isEqualTo("/");
        assertThat(empty.path("children")).isEmpty();
    }

    @Test
    void showsATreeAsDeepAsAPathMayBe() {
        String deepest = "/a".repeat(99) + "/b.txt";
        owner().upload(datasetId, deepest, "x");

        Reply tree = owner().get("/api/v1/datasets/" + datasetId + "/directoryTree");

        assertThat(tree.status()).isEqualTo(200);
        assertThat(tree.json().findValuesAsString("filename")).hasSize(100);
    }

    @Test
    void hidesTheServiceArea() {
        Reply hidden = owner().upload(datasetId, "/.dataloop/thumbnails/t.png", "x");
        Reply visible = owner().upload(datasetId, "/.dataloop2/a.txt", "x");

        assertThat(hidden.at("/hidden").asBoolean()).isTrue();
        assertThat(visible.at("/hidden").asBoolean()).isFalse();
        JsonNode listed =
                owner().get("/api/v1/datasets/" + datasetId + "/items").json();
        assertThat(listed.path("totalItemsCount").asInt()).isEqualTo(1);
        assertThat(listed.at("/items/0/id").asString()).isEqualTo(visible.id());
    }

    // --- Many at once

    @ParameterizedTest
    @ValueSource(strings = {"skip", "overwrite"})
    void keepsOneItemOfManyThatComeAtOnce(String mode) throws Exception {
        List<Reply> replies = atOnce(calls(
                20,
                number -> owner().upload(
                                datasetId, mode, Form.of("/deep/er/one.txt").file("content " + number))));

        assertThat(replies).allSatisfy(reply -> assertThat(reply.status()).isIn(200, 201));
        assertThat(replies).extracting(Reply::id).containsOnly(replies.get(0).id());
        assertThat(replies)
                .filteredOn(reply -> "created".equals(reply.header("x-item-op")))
                .hasSize(1);
        assertThat(stored(datasetId)).hasSize(3);
        assertThat(staged()).isEmpty();
        Reply item = owner().get("/api/v1/items/" + replies.get(0).id());
        assertThat(download(item.id())).hasSize(item.at("/metadata/system/size").asInt());
    }

    @Test
    void keepsEveryItemOfManyThatComeAtOnce() throws Exception {
        List<Reply> replies = atOnce(calls(
                40,
                number -> owner().upload(
                                datasetId,
                                "skip",
                                Form.of("/same/folder/" + number).file("same bytes"))));

        assertThat(replies).allSatisfy(reply -> assertThat(reply.status()).isEqualTo(201));
        assertThat(stored(datasetId)).hasSize(42);
        assertThat(directories()).containsExactly("/same", "/same/folder");
    }

    // --- Clients that go away, or are sent away

    @Test
    void givesUpAnUploadOfWhichNothingMoreComes() throws Exception {
        try (Connection upload = new Connection(port())) {
            Connection.Answer answer = upload.begin(datasetId, "skip", owner().token())
                    .send(Form.of("/silent.bin").upToTheFile())
                    .send(new byte[MEGABYTE])
                    .answer();

            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.json().path("message").asString()).isNotBlank();
        }
        await().untilAsserted(() -> assertThat(staged()).isEmpty());
        assertThat(stored(datasetId)).isEmpty();
    }

    @Test
    void keepsNothingOfAnUploadThatIsCutShort() throws Exception {
        try (Connection upload = new Connection(port())) {
            upload.begin(datasetId, "skip", owner().token())
                    .send(Form.of("/dir/cut.bin").upToTheFile())
                    .send(new byte[3 * MEGABYTE]);
            await().until(() -> staged().stream().anyMatch(file -> file.toFile().length() > MEGABYTE));
            upload.cut();
        }

        await().untilAsserted(() -> assertThat(staged()).isEmpty());
        assertThat(stored(datasetId)).isEmpty();
    }

    @Test
    void keepsNothingOfAnUploadThatIsCutShortAfterTheFile() throws Exception {
        try (Connection upload = new Connection(port())) {
            upload.begin(datasetId, "skip", owner().token())
                    .send(Form.empty().file(new byte[2 * MEGABYTE]).upToTheFile());
            await().until(() -> staged().stream().anyMatch(file -> file.toFile().length() == 2 * MEGABYTE));
            upload.cut();
        }

        await().untilAsserted(() -> assertThat(staged()).isEmpty());
        assertThat(stored(datasetId)).isEmpty();
    }

    @Test
    void keepsNothingOfAFormWhoseConnectionIsClosedBeforeItsEnd() throws Exception {
        try (Connection upload = new Connection(port())) {
            Connection.Answer answer = upload.begin(datasetId, "skip", owner().token())
                    .send(Form.of("/cut.bin").upToTheFile())
                    .send(new byte[MEGABYTE])
                    .end()
                    .answer();

            assertThat(answer.status()).isEqualTo(400);
        }
        await().untilAsserted(() -> assertThat(staged()).isEmpty());
        assertThat(stored(datasetId)).isEmpty();
    }

    /** The client is still sending when the answer is known; closing then would hide it (contract core §6.3). */
    @Test
    void tellsWhoMayNotUploadSoWhileTheyAreStillSending() throws Exception {
        assertAnsweredWhileSending(as("stranger"), "skip", Form.of("/a.bin"), 404);
        assertAnsweredWhileSending(as("annotator"), "skip", Form.of("/a.bin"), 403);
        assertAnsweredWhileSending(nobody(), "skip", Form.of("/a.bin"), 401);
    }

    @Test
    void tellsWhatIsWrongWithAFormWhileItIsStillComing() throws Exception {
        owner().upload(datasetId, "/file", "x");

        assertAnsweredWhileSending(owner(), "nonsense", Form.of("/a.bin"), 400);
        assertAnsweredWhileSending(owner(), "skip", Form.of("/../a.bin"), 400);
        assertAnsweredWhileSending(owner(), "skip", Form.of("/file/a.bin"), 400);
        assertAnsweredWhileSending(owner(), "skip", Form.of("/a.bin").field("metadata", "[]"), 400);
        assertAnsweredWhileSending(owner(), "skip", Form.of("/a.bin").field("metadata", "x".repeat(9 * MEGABYTE)), 413);
        assertThat(staged()).isEmpty();
    }

    private void assertAnsweredWhileSending(Client client, String mode, Form form, int status) throws Exception {
        byte[] block = new byte[MEGABYTE];
        try (Connection upload = new Connection(port())) {
            upload.begin(datasetId, mode, client.token()).send(form.upToTheFile());
            for (int sent = 0; sent < 20; sent++) {
                upload.send(block);
            }
            Connection.Answer answer = upload.send(Form.end()).end().answer();

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.json().path("message").asString()).isNotBlank();
        }
    }

    // ---

    private void assertRefused(Form form, int status, @Nullable String field) {
        long before = stored(datasetId).size();

        Reply reply = owner().upload(datasetId, "skip", form);

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.at("/message").asString()).isNotBlank();
        if (field != null) {
            assertThat(reply.field()).isEqualTo(field);
        }
        assertThat(stored(datasetId)).hasSize((int) before);
        assertThat(staged()).isEmpty();
    }

    /** {@code metadata.system} of a file with these bytes. */
    @SuppressWarnings("unchecked")
    private Map<String, Object> system(String path, byte[] bytes) {
        Reply reply = owner().upload(datasetId, path, bytes);
        return new JsonMapper().convertValue(reply.at("/metadata/system"), Map.class);
    }

    private byte[] download(String itemId) {
        Reply reply = owner().get("/api/v1/items/" + itemId + "/stream");
        assertThat(reply.status()).isEqualTo(200);
        return reply.bytes();
    }

    private static List<Callable<Reply>> calls(int count, IntFunction<Reply> call) {
        return IntStream.range(0, count)
                .<Callable<Reply>>mapToObj(number -> () -> call.apply(number))
                .toList();
    }

    private Reply makeDirectory(String path) {
        return owner().post("/api/v1/datasets/" + datasetId + "/items", Map.of("type", "dir", "path", path));
    }

    private Set<String> directories() {
        Set<String> directories = new TreeSet<>();
        stored(datasetId).stream()
                .filter(item -> item.getString("type").equals("dir"))
                .forEach(item -> directories.add(item.getString("filename")));
        return directories;
    }
}
