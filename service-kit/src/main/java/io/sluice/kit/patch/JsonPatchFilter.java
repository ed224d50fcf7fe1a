package io.sluice.kit.patch;

import io.sluice.kit.error.Problem;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.RequestShape;
import io.sluice.kit.web.RequestWithBody;
import io.sluice.kit.web.WholeBody;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Lets everything that can be read and patched be patched by JSON Patch (RFC 6902): the patch is applied to what the
 * caller reads at that address, and the difference goes on as the merge patch (RFC 7396) that the operation takes, for just
 * the version that was read.
 *
 * <p>A patch names places, so it is meant for the state that its author saw. It has to say which: by {@code If-Match} or by
 * starting with a {@code test}; otherwise it is 428 (RFC 6585 §3).
 */
@Order(2)
final class JsonPatchFilter implements WebFilter {

    /** What such a patch is sent as. */
    static final MediaType JSON_PATCH = MediaType.valueOf("application/json-patch+json");

    private static final MediaType MERGE_PATCH = MediaType.valueOf("application/merge-patch+json");

    /** How often a patch is applied anew because somebody else was faster. */
    private static final int MOST_RETRIES = 5;

    private static final List<String> OF_THE_BODY =
            List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.CONTENT_LENGTH, HttpHeaders.TRANSFER_ENCODING);
    private static final List<String> CONDITIONS = List.of(
            HttpHeaders.IF_MATCH,
            HttpHeaders.IF_NONE_MATCH,
            HttpHeaders.IF_MODIFIED_SINCE,
            HttpHeaders.IF_UNMODIFIED_SINCE,
            HttpHeaders.RANGE,
            "Prefer");

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (request.getMethod() != HttpMethod.PATCH || !isJsonPatch(request)) {
            return chain.filter(exchange);
        }
        return DataBufferUtils.join(request.getBody(), RequestShape.LARGEST_BODY)
                .map(WholeBody::bytesOf)
                .defaultIfEmpty(new byte[0])
                .map(JsonPatch::parse)
                .doOnNext(patch -> requireState(patch, request))
                .flatMap(patch -> Mono.defer(() -> read(exchange, chain))
                        .publishOn(Schedulers.boundedElastic())
                        .flatMap(seen -> change(seen, patch, exchange, chain))
                        .retryWhen(Retry.max(MOST_RETRIES)
                                .filter(failure -> isOvertaken(failure) && !hasIfMatch(request))
                                .onRetryExhaustedThrow((retry, signal) -> Problem.CHANGED_MEANWHILE.with(
                                        "Others keep changing this; read it again and repeat the patch"))));
    }

    private static boolean isJsonPatch(ServerHttpRequest request) {
        try {
            return JSON_PATCH.equalsTypeAndSubtype(request.getHeaders().getContentType());
        } catch (InvalidMediaTypeException toldByWhoReadsTheBody) {
            return false;
        }
    }

    private static boolean hasIfMatch(ServerHttpRequest request) {
        return !request.getHeaders().getOrEmpty(HttpHeaders.IF_MATCH).isEmpty();
    }

    private static void requireState(JsonPatch patch, ServerHttpRequest request) {
        if (!hasIfMatch(request) && !patch.startsWithTest()) {
            throw Problem.PRECONDITION_REQUIRED.with(
                    "A JSON Patch says for which state it is meant: by If-Match with the"
                            + " ETag that was read, by If-Match: * for any, or by a test as its first operation");
        }
    }

    /** What the caller would read there. */
    private record Seen(JsonObject document, @Nullable String tag) {}

    private static Mono<Seen> read(ServerWebExchange exchange, WebFilterChain chain) {
        InnerResponse answer = new InnerResponse(exchange.getResponse().bufferFactory());
        ServerHttpRequest get = exchange.getRequest()
                .mutate()
                .method(HttpMethod.GET)
                .headers(headers -> {
                    OF_THE_BODY.forEach(headers::remove);
                    CONDITIONS.forEach(headers::remove);
                    headers.setAccept(List.of(MediaType.APPLICATION_JSON));
                })
                .build();
        return chain.filter(new Reading(exchange, new RequestWithBody(get, Flux.empty()), answer))
                .onErrorMap(MethodNotAllowedException.class, unreadable -> notTakenHere())
                .then(Mono.fromSupplier(() -> seen(answer)));
    }

    private static Seen seen(InnerResponse answer) {
        // Null where the handler leaves it at what it is anyway.
        if (answer.getStatusCode() != null && answer.getStatusCode() != HttpStatus.OK
                || !MediaType.APPLICATION_JSON.isCompatibleWith(
                        answer.getHeaders().getContentType())
                || !(JsonPatch.read(answer.body()) instanceof JsonObject document)) {
            throw notTakenHere();
        }
        return new Seen(document, answer.getHeaders().getETag());
    }

    private static UnsupportedMediaTypeStatusException notTakenHere() {
        return new UnsupportedMediaTypeStatusException(JSON_PATCH, List.of(MediaType.APPLICATION_JSON, MERGE_PATCH));
    }

    private static Mono<Void> change(Seen seen, JsonPatch patch, ServerWebExchange exchange, WebFilterChain chain) {
        if (hasIfMatch(exchange.getRequest())) {
            new ETag(seen.tag() == null ? "" : seen.tag()).requireMatch(exchange.getRequest());
        }
        byte[] merge = mergePatch(seen.document(), patch.applyTo(seen.document()))
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        ServerHttpRequest request = exchange.getRequest()
                .mutate()
                .headers(headers -> {
                    OF_THE_BODY.forEach(headers::remove);
                    headers.setContentType(MERGE_PATCH);
                    headers.setContentLength(merge.length);
                    // A weak tag names no version that a change could be made for (RFC 9110 §13.1.1).
                    if (seen.tag() != null && !seen.tag().startsWith("W/")) {
                        headers.setIfMatch(seen.tag());
                    }
                })
                .build();
        Flux<DataBuffer> body = Flux.defer(
                () -> Flux.just(exchange.getResponse().bufferFactory().wrap(merge)));
        return chain.filter(
                exchange.mutate().request(new RequestWithBody(request, body)).build());
    }

    /**
     * What makes the one out of the other.
     *
     * @throws ErrorResponseException {@link Problem#PATCH_NOT_APPLICABLE} when a member is to become null, which a merge
     *     patch cannot say
     */
    static JsonValue mergePatch(JsonObject before, JsonObject after) {
        JsonValue difference = JsonPatch.JSON.createMergeDiff(before, after).toJsonValue();
        if (!JsonPatch.JSON.createMergePatch(difference).apply(before).equals(after)) {
            throw Problem.PATCH_NOT_APPLICABLE.with(
                    "A member of an object cannot be set to null here; remove it instead");
        }
        return difference;
    }

    private static boolean isOvertaken(Throwable failure) {
        return failure instanceof ErrorResponseException problem
                && problem.getStatusCode().isSameCodeAs(HttpStatus.PRECONDITION_FAILED);
    }

    private static final class Reading extends ServerWebExchangeDecorator {

        private final ServerHttpRequest request;
        private final ServerHttpResponse response;

        Reading(ServerWebExchange exchange, ServerHttpRequest request, ServerHttpResponse response) {
            super(exchange);
            this.request = request;
            this.response = response;
        }

        @Override
        public ServerHttpRequest getRequest() {
            return request;
        }

        @Override
        public ServerHttpResponse getResponse() {
            return response;
        }

        /** The conditions of the patch are for the patch; the exchange below would answer the client by them. */
        @Override
        public boolean checkNotModified(@Nullable String etag, Instant lastModified) {
            return false;
        }

        @Override
        public boolean checkNotModified(String etag) {
            return false;
        }

        @Override
        public boolean checkNotModified(Instant lastModified) {
            return false;
        }
    }
}
