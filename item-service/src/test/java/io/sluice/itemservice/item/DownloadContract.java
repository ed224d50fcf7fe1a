package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.testing.Form;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of an item (contract core §7, RFC 9110 §14). */
abstract class DownloadContract extends RunningItemService {

    private static final String TEXT = "0123456789";

    private final String datasetId = newDataset();

    @Test
    void sendsTheWhole() {
        Reply reply = owner().get(stream("/a.txt", TEXT));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEqualTo(TEXT);
        assertThat(reply.header("content-type")).isEqualTo("text/plain");
        assertThat(reply.header("content-length")).isEqualTo("10");
        assertThat(reply.header("accept-ranges")).isEqualTo("bytes");
        assertThat(reply.header("etag")).isEqualTo('"' + sha256(TEXT.getBytes(StandardCharsets.UTF_8)) + '"');
        assertThat(reply.header("cache-control")).contains("private").contains("no-cache");
    }

    @ParameterizedTest
    @CsvSource({
        "/page.html, <html><script>alert(1)</script></html>",
        "/picture.svg, <svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "/data.xml, <?xml version='1.0'?><?xml-stylesheet href='a.xsl'?><a/>"
    })
    void neverLetsAFileActAsAPageOfOurs(String path, String content) {
        Reply reply = owner().get(stream(path, content));

        assertThat(reply.header("content-disposition")).startsWith("attachment");
        assertThat(reply.header("content-security-policy")).isEqualTo("sandbox; default-src 'none'");
        assertThat(reply.header("x-content-type-options")).isEqualTo("nosniff");
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-, 0, 9",
        "bytes=3-, 3, 9",
        "bytes=9-, 9, 9",
        "bytes=-3, 7, 9",
        "bytes=-10, 0, 9",
        "bytes=-99, 0, 9",
        "bytes=2-4, 2, 4",
        "bytes=0-0, 0, 0",
        "bytes=5-99, 5, 9"
    })
    void sendsARange(String range, int first, int last) {
        Reply reply = owner().get(stream("/a.txt", TEXT), "Range", range);

        assertThat(reply.status()).isEqualTo(206);
        assertThat(reply.text()).isEqualTo(TEXT.substring(first, last + 1));
        assertThat(reply.header("content-range")).isEqualTo("bytes " + first + "-" + last + "/10");
        assertThat(reply.header("content-length")).isEqualTo(String.valueOf(last - first + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=99-", "bytes=10-12", "bytes=-0"})
    void refusesARangeBeyondTheEnd(String range) {
        Reply reply = owner().get(stream("/a.txt", TEXT), "Range", range);

        assertThat(reply.status()).isEqualTo(416);
        assertThat(reply.header("content-range")).isEqualTo("bytes */10");
        assertThat(reply.at("/message").asString()).isNotBlank();
    }

    /** RFC 9110 §14.2: a server may ignore what it cannot or will not serve. */
    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-1,4-5", "bytes=5-2", "bytes=a-b", "bytes=", "bytes", "items=0-1", "bytes=--1"})
    void sendsTheWholeForARangeThatItDoesNotServe(String range) {
        Reply reply = owner().get(stream("/a.txt", TEXT), "Range", range);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEqualTo(TEXT);
    }

    @Test
    void sendsTheRestOnlyOfTheSameBytes() {
        String path = stream("/a.txt", TEXT);
        String etag = '"' + sha256(TEXT.getBytes(StandardCharsets.UTF_8)) + '"';

        assertThat(owner().get(path, "Range", "bytes=5-", "If-Range", etag).text())
                .isEqualTo("56789");
        assertThat(owner().get(path, "Range", "bytes=5-", "If-Range", "\"other\"")
                        .text())
                .isEqualTo(TEXT);
        assertThat(owner().get(path, "Range", "bytes=5-", "If-Range", "Sat, 21 Nov 2026 11:42:20 GMT")
                        .text())
                .isEqualTo(TEXT);
    }

    /** The SDK asks for every file like that, and an empty one has no byte 0 (contract core §0.21). */
    @Test
    void sendsAnEmptyFile() {
        String path = stream("/empty", "");

        for (Reply reply : new Reply[] {owner().get(path), owner().get(path, "Range", "bytes=0-")}) {
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("content-length")).isEqualTo("0");
            assertThat(reply.bytes()).isEmpty();
        }
    }

    @Test
    void sendsNothingThatTheClientHas() {
        String path = stream("/a.txt", TEXT);
        String etag = '"' + sha256(TEXT.getBytes(StandardCharsets.UTF_8)) + '"';

        Reply unchanged = owner().get(path, "If-None-Match", "\"x\", " + etag);

        assertThat(unchanged.status()).isEqualTo(304);
        assertThat(unchanged.bytes()).isEmpty();
        assertThat(unchanged.header("etag")).isEqualTo(etag);
        assertThat(owner().get(path, "If-None-Match", etag, "Range", "bytes=0-1")
                        .status())
                .isEqualTo(304);
        assertThat(owner().get(path, "If-None-Match", "\"x\"").status()).isEqualTo(200);
    }

    @Test
    void opensNoFileForWhoHasTheBytes() {
        byte[] bytes = "had before".getBytes(StandardCharsets.UTF_8);
        String path = stream("/had.txt", "had before");
        lose(sha256(bytes));

        assertThat(owner().get(path, "If-None-Match", '"' + sha256(bytes) + '"').status())
                .isEqualTo(304);
        assertThat(owner().get(path, "If-None-Match", "*").status()).isEqualTo(304);
    }

    // --- Digests (RFC 9530)

    @Test
    void tellsTheDigestOfTheWhole() {
        String path = stream("/a.txt", TEXT);

        for (Reply reply : List.of(owner().get(path), owner().head(path), owner().get(path, "Range", "bytes=2-4"))) {
            assertThat(reply.status()).isIn(200, 206);
            assertThat(reply.header("repr-digest")).isEqualTo("sha-256=:hNiYd/DUBB77a/kaFvAkjy/Vc+avBcGflr7bn4gveII=:");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sha-256=1 | true",
                "sha-256 | true",
                "sha-512=10, sha-256=1 | true",
                "sha-512=10 | true",
                "nonsense;;= | true",
                "sha-256=0 | false",
                "sha-512=3, sha-256=0;x=1 | false",
                "xsha-256=0 | true"
            })
    void tellsNoDigestToWhoHasNoUseForIt(String wish, boolean isTold) {
        Reply reply = owner().get(stream("/a.txt", TEXT), "Want-Repr-Digest", wish);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("repr-digest") != null).isEqualTo(isTold);
    }

    @Test
    void tellsNoDigestOfBytesWithAProblem() {
        String path = stream("/lost too.txt", "lost for good, too");
        lose(sha256("lost for good, too".getBytes(StandardCharsets.UTF_8)));

        assertThat(owner().get(path).header("repr-digest")).isNull();
        assertThat(owner().get(stream("/a.txt", TEXT), "Range", "bytes=99-").header("repr-digest"))
                .isNull();
    }

    @Test
    void leadsToAnAddressThatNeverAnswersOtherBytes() {
        String path = stream("/a.txt", TEXT);

        String address = addressByDigest(owner().get(path));
        Reply reply = owner().get(address);

        assertThat(address).isEqualTo(path + "?digest=sha-256:" + sha256(TEXT.getBytes(StandardCharsets.UTF_8)));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEqualTo(TEXT);
        assertThat(reply.header("cache-control")).isEqualTo("max-age=31536000, private, immutable");
        assertThat(addressByDigest(reply)).isEqualTo(address);
        assertThat(owner().head(address).header("cache-control")).contains("immutable");
        assertThat(owner().get(address, "Range", "bytes=3-").text()).isEqualTo("3456789");
        Reply unchanged = owner().get(address, "If-None-Match", "*");
        assertThat(unchanged.status()).isEqualTo(304);
        assertThat(unchanged.header("cache-control")).contains("immutable");
        assertThat(as("stranger").get(address).status()).isEqualTo(404);
        assertThat(nobody().get(address).status()).isEqualTo(401);
    }

    @Test
    void answersNothingWhereOtherBytesWere() {
        String path = stream("/a.txt", TEXT);
        String address = addressByDigest(owner().get(path));

        stream("/a.txt", "other");

        Reply gone = owner().get(address);
        assertThat(gone.status()).isEqualTo(404);
        assertThat(gone.header("cache-control")).isEqualTo("no-store");
        assertThat(gone.at("/message").asString())
                .contains("sha-256:" + sha256("other".getBytes(StandardCharsets.UTF_8)));
        assertThat(owner().get(addressByDigest(owner().get(path))).text()).isEqualTo("other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "sha-256:", "sha-256:00", "md5:00000000000000000000000000000000", "*"})
    void refusesWhatIsNoDigest(String digest) {
        Reply reply = owner().get(stream("/a.txt", TEXT) + "?digest=" + digest);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.field()).isEqualTo("digest");
    }

    private static String addressByDigest(Reply reply) {
        return reply.headers().allValues("link").stream()
                .flatMap(links -> Arrays.stream(links.split(", ")))
                .filter(link -> link.endsWith("rel=\"duplicate\""))
                .map(link -> URI.create(link.substring(1, link.indexOf('>'))))
                .map(uri -> uri.getPath() + "?" + uri.getQuery())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void tellsTheHeadersOnly() {
        String path = stream("/a.txt", TEXT);

        for (Reply reply : new Reply[] {owner().head(path), owner().head(path, "Range", "bytes=2-3")}) {
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("content-length")).isEqualTo("10");
            assertThat(reply.header("etag")).isNotNull();
            assertThat(reply.bytes()).isEmpty();
        }
    }

    @Test
    void sendsALargeFileWholeAndInParts() {
        byte[] bytes = new byte[5_000_000];
        for (int index = 0; index < bytes.length; index++) {
            bytes[index] = (byte) (index * 31 >>> 3);
        }
        String path = "/api/v1/items/"
                + owner().upload(datasetId, "/large.bin", bytes).id() + "/stream";

        assertThat(owner().get(path).bytes()).isEqualTo(bytes);
        Reply middle = owner().get(path, "Range", "bytes=1234567-2345678");
        assertThat(middle.bytes()).isEqualTo(Arrays.copyOfRange(bytes, 1234567, 2345679));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/\uD83D\uDC11 für.txt",
                "/a\"b\".txt",
                "/a\r\nSet-Cookie: x=y",
                "/100%.txt",
                "/a;b=c,d",
                "/a'b",
                "/a*b",
                "/\u202Egnp.exe"
            })
    void namesTheFileWhateverItsName(String name) {
        Reply reply = owner().get(stream(name, TEXT));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEqualTo(TEXT);
        assertThat(reply.header("content-disposition"))
                .startsWith("attachment; ")
                .contains("filename*=UTF-8''")
                .isPrintable();
        assertThat(reply.header("set-cookie")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"image/*\"", "\"nonsense\"", "\"a/b\\r\\nx: y\"", "null", "7", "{\"a\":1}"})
    void sendsBytesWhateverTheirTypeIsSaidToBe(String type) {
        String itemId = owner().upload(datasetId, "/a.txt", TEXT).id();
        owner().patch(
                        "/api/v1/items/" + itemId + "?system=true",
                        "{\"metadata\":{\"system\":{\"mimetype\":" + type + "}}}");

        Reply reply = owner().get("/api/v1/items/" + itemId + "/stream");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("content-type")).isEqualTo("application/octet-stream");
        assertThat(reply.text()).isEqualTo(TEXT);
    }

    @Test
    void sendsTheBytesOfALinkItself() {
        String link = "{\"type\":\"link\",\"shebang\":\"dataloop\",\"metadata\":{\"dltype\":\"link\","
                + "\"linkInfo\":{\"type\":\"url\",\"ref\":\"https://x/y.jpg\",\"mimetype\":\"image/jpeg\"}}}";

        Reply reply = owner().get(stream("/l.json", link), "x-dl-sanitize", "0");

        assertThat(reply.text()).isEqualTo(link);
        assertThat(reply.header("content-type")).isEqualTo("image/jpeg");
    }

    @Test
    void hasNoBytesOfADirectory() {
        String directory = owner().post("/api/v1/datasets/" + datasetId + "/items", Map.of("type", "dir", "path", "/a"))
                .id();

        assertThat(owner().get("/api/v1/items/" + directory + "/stream").status())
                .isEqualTo(404);
    }

    @Test
    void saysSoWhenItHasLostTheBytes() {
        String path = stream("/lost.txt", "lost for good");
        lose(sha256("lost for good".getBytes(StandardCharsets.UTF_8)));

        Reply reply = owner().get(path);

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.header("content-type")).isEqualTo("application/problem+json");
        assertThat(reply.header("etag")).isNull();
        assertThat(reply.header("content-disposition")).isNull();
    }

    /** The path of the bytes of a new item. */
    private String stream(String path, String text) {
        return "/api/v1/items/"
                + owner().upload(datasetId, "overwrite", Form.of(path).file(text))
                        .id() + "/stream";
    }
}
