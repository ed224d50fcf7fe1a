package io.sluice.itemservice.item;

import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.Content;
import io.sluice.kit.error.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
 */
record Download(Item item, Content content, BlobStore blobs) {

    private record Part(long start, long count) {}

    Mono<Void> writeTo(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        String etag = '"' + content.sha256() + '"';
        HttpHeaders headers = response.getHeaders();
        headers.setCacheControl(CacheControl.noCache().cachePrivate());
        headers.set(HttpHeaders.ACCEPT_RANGES, "bytes");
        if (exchange.checkNotModified(etag)) {
            return response.setComplete();
        }
        headers.setContentType(mediaType());
        // What a user uploaded must never run as a page of ours.
        headers.setContentDisposition(ContentDisposition.attachment()
                .filename(item.name(), StandardCharsets.UTF_8)
                .build());
        headers.set("Content-Security-Policy", "sandbox");
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
