package io.sluice.kit.idempotency;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A response that is in the database before its first byte leaves: a client never sees an answer that a repeat of its
 * request would not get. What is not kept releases the key instead.
 */
final class KeptResponse extends ServerHttpResponseDecorator {

    /** The largest body that is kept: 1 MiB. */
    static final int LARGEST_BODY = 1024 * 1024;

    /** Statuses that say to come again: not signed in, too slow, too early, too often. */
    private static final Set<Integer> PASSING = Set.of(401, 408, 425, 429);

    /** What is said anew for every message. */
    private static final List<String> OF_THE_MESSAGE = List.of(
            HttpHeaders.CONTENT_LENGTH, HttpHeaders.TRANSFER_ENCODING, HttpHeaders.CONNECTION, HttpHeaders.DATE);

    /** What is another for each form of the answer. */
    private static final List<String> OF_THE_BODY = List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.ETAG);

    private static final String NO_STORE = "no-store";

    private final KeyUses uses;
    private final KeyUse use;
    private final Supplier<Optional<KeyUse.Request>> request;
    private final Set<String> notOfTheOperation = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private volatile boolean isToBeKept;
    private volatile boolean isSettled;

    /** @param request what it answers; empty when the request was not read to its end */
    KeptResponse(ServerHttpResponse response, KeyUses uses, KeyUse use, Supplier<Optional<KeyUse.Request>> request) {
        super(response);
        this.uses = uses;
        this.use = use;
        this.request = request;
        notOfTheOperation.addAll(response.getHeaders().headerNames());
        notOfTheOperation.addAll(OF_THE_MESSAGE);
    }

    @Override
    public Mono<Void> setComplete() {
        return settle(new byte[0]).then(Mono.defer(getDelegate()::setComplete));
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        AtomicLong size = new AtomicLong();
        return Flux.from(body)
                .cast(DataBuffer.class)
                .bufferUntil(buffer -> size.addAndGet(buffer.readableByteCount()) > LARGEST_BODY)
                .switchOnFirst((first, pieces) -> {
                    if (first.isOnError()) {
                        return pieces.then();
                    }
                    List<DataBuffer> begin = first.hasValue() ? Objects.requireNonNull(first.get()) : List.of();
                    boolean isWhole = size.get() <= LARGEST_BODY;
                    return settle(isWhole ? bytes(begin) : null)
                            .then(Mono.defer(() -> getDelegate()
                                    .writeWith(isWhole ? pieces.next().map(this::joined) : flat(pieces))));
                })
                .doOnDiscard(DataBuffer.class, DataBufferUtils::release)
                .then();
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return writeWith(Flux.from(body).concatMap(part -> part));
    }

    private static Flux<DataBuffer> flat(Flux<List<DataBuffer>> pieces) {
        return pieces.concatMapIterable(piece -> piece);
    }

    private DataBuffer joined(List<DataBuffer> pieces) {
        return pieces.size() == 1 ? pieces.get(0) : bufferFactory().join(pieces);
    }

    private static byte[] bytes(List<DataBuffer> pieces) {
        byte[] all =
                new byte[pieces.stream().mapToInt(DataBuffer::readableByteCount).sum()];
        int end = 0;
        for (DataBuffer piece : pieces) {
            int count = piece.readableByteCount();
            piece.toByteBuffer(piece.readPosition(), ByteBuffer.wrap(all), end, count);
            end += count;
        }
        return all;
    }

    /** @param body null when it is too large to be kept */
    private Mono<Void> settle(byte @Nullable [] body) {
        int status = getStatusCode() == null
                ? HttpStatus.OK.value()
                : getStatusCode().value();
        Optional<KeyUse.Request> answered = request.get();
        if (answered.isEmpty() || !isFinal(status) || isSecret(status)) {
            return release();
        }
        if (!isToBeKept) {
            isToBeKept = true;
            // After those who registered before: what the audit log refuses was not answered, and links are kept, too.
            Binary kept = body == null ? null : new Binary(body);
            // What is kept is the JSON, of which each repeat gets the form that it asks for.
            Map<String, List<String>> ofTheBody = ofTheBody();
            getDelegate()
                    .beforeCommit(() -> Mono.defer(
                            () -> keep(answered.get(), new KeyUse.Answer(status, headers(ofTheBody), kept))));
        }
        return Mono.empty();
    }

    private static boolean isFinal(int status) {
        return status < HttpStatus.INTERNAL_SERVER_ERROR.value() && !PASSING.contains(status);
    }

    /** The one rule for secrets: who hands one out says that nobody may store the answer. All problems say so, too. */
    private boolean isSecret(int status) {
        String caching = getHeaders().getCacheControl();
        return status < HttpStatus.BAD_REQUEST.value() && caching != null && caching.contains(NO_STORE)
                || getHeaders().containsHeader(HttpHeaders.SET_COOKIE);
    }

    private Map<String, List<String>> ofTheBody() {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : OF_THE_BODY) {
            if (getHeaders().containsHeader(name)) {
                headers.put(name, List.copyOf(getHeaders().getOrEmpty(name)));
            }
        }
        return headers;
    }

    private List<KeyUse.Header> headers(Map<String, List<String>> ofTheBody) {
        List<KeyUse.Header> told = new ArrayList<>();
        getHeaders().forEach((name, values) -> {
            if (!notOfTheOperation.contains(name)) {
                told.add(new KeyUse.Header(name, ofTheBody.getOrDefault(name, List.copyOf(values))));
            }
        });
        return told;
    }

    private Mono<Void> keep(KeyUse.Request answered, KeyUse.Answer answer) {
        return uses.keep(use, answered, answer).flatMap(kept -> {
            isSettled = true;
            // Who was taken for dead does not know what the one after it has answered.
            return kept ? Mono.empty() : Mono.error(new Claim.Held()::reason);
        });
    }

    private Mono<Void> release() {
        return Mono.defer(() -> {
            isSettled = true;
            return uses.release(use);
        });
    }

    /** To be called at the end, however it came to it: nobody is at it any more. */
    Mono<Void> end() {
        return Mono.defer(() -> isSettled ? Mono.empty() : release());
    }
}
