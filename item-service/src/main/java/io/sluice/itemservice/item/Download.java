package io.sluice.itemservice.item;

import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.Content;
import io.sluice.kit.error.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRange;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The bytes of an item over HTTP: whole or one range of them (RFC 9110 §14), never held in memory. Of several ranges the
 * whole is sent, which the RFC allows.
 *
 * @param isForGood whether other bytes can never be at this address
 */
record Download(Item item, Content content, BlobStore blobs, boolean isForGood) {

    private static final CacheControl ASKING = CacheControl.noCache().cachePrivate();
    private static final CacheControl FOR_GOOD =
            CacheControl.maxAge(Duration.ofDays(365)).cachePrivate().immutable();

    private static final String REPR_DIGEST = "Repr-Digest";
    private static final Pattern NO_DIGEST = Pattern.compile("(?:^|,)\\s*sha-256\\s*=\\s*0\\s*(?=[,;]|$)");

    private record Part(long start, long count) {}

    Mono<Void> writeTo(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        String etag = '"' + content.sha256() + '"';
        HttpHeaders headers = response.getHeaders();
        headers.setCacheControl(isForGood ? FOR_GOOD : ASKING);
        headers.set(HttpHeaders.ACCEPT_RANGES, "bytes");
        if (exchange.checkNotModified(etag)) {
            return response.setComplete();
        }
        headers.setContentType(mediaType());
        if (isDigestWanted(exchange.getRequest().getHeaders())) {
            headers.set(REPR_DIGEST, digest());
        }
        headers.setContentDisposition(ContentDisposition.attachment()
                .filename(item.name(), StandardCharsets.UTF_8)
                .build());
        Unrunnable.say(headers);
        Part whole = new Part(0, content.size());
        boolean isHead = exchange.getRequest().getMethod() == HttpMethod.HEAD;
        // Ranges are of a GET only (RFC 9110 §14.2).
        Part asked = isHead ? null : askedPart(exchange.getRequest().getHeaders(), etag);
        if (asked != null) {
            response.setStatusCode(HttpStatus.PARTIAL_CONTENT);
            headers.set(
                    HttpHeaders.CONTENT_RANGE,
                    "bytes " + asked.start() + "-" + (asked.start() + asked.count() - 1) + "/" + content.size());
        }
        Part sent = asked == null ? whole : asked;
        headers.setContentLength(sent.count());
        if (isHead) {
            return response.setComplete();
        }
        return response.writeWith(blobs.read(content, sent.start(), sent.count(), response.bufferFactory()));
    }

    /** Of the whole also where a range is sent (RFC 9530 §3), so that who puts ranges together can check the result. */
    private String digest() {
        byte[] sha256 = HexFormat.of().parseHex(content.sha256());
        return "sha-256=:" + Base64.getEncoder().encodeToString(sha256) + ':';
    }

    /** Unless the client says that it has no use for it (RFC 9530 §4). Another one than ours is not known. */
    private static boolean isDigestWanted(HttpHeaders request) {
        return request.getOrEmpty("Want-Repr-Digest").stream()
                .noneMatch(wish -> NO_DIGEST.matcher(wish).find());
    }

    /** The range that was asked for; null for all bytes. An empty file has no ranges: it is sent as it is. */
    private @Nullable Part askedPart(HttpHeaders request, String etag) {
        String unlessChanged = request.getFirst(HttpHeaders.IF_RANGE);
        if (content.size() == 0 || unlessChanged != null && !unlessChanged.equals(etag)) {
            return null;
        }
        List<HttpRange> ranges;
        try {
            ranges = request.getRange();
        } catch (IllegalArgumentException notARange) {
            return null;
        }
        if (ranges.size() != 1) {
            return null;
        }
        HttpRange range = ranges.get(0);
        long start = range.getRangeStart(content.size());
        if (start >= content.size()) {
            var refused = Problem.RANGE_NOT_SATISFIABLE.with("The item has " + content.size() + " bytes");
            refused.getHeaders().set(HttpHeaders.CONTENT_RANGE, "bytes */" + content.size());
            throw refused;
        }
        return new Part(start, range.getRangeEnd(content.size()) - start + 1);
    }

    private MediaType mediaType() {
        Object type = item.metadata().object(Item.SYSTEM).members().get("mimetype");
        try {
            MediaType stored = MediaType.parseMediaType(String.valueOf(type));
            return stored.isConcrete() ? stored : MediaType.APPLICATION_OCTET_STREAM;
        } catch (InvalidMediaTypeException changedByAUser) {
            return MediaType.APPLICATION_OCTET_STREAM;
        }
    }
}
