package io.sluice.kit.idempotency;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.RequestShape;
import io.sluice.kit.web.WholeBody;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Lets a request with an {@code Idempotency-Key} be carried out once (draft-ietf-httpapi-idempotency-key-header): its
 * first final answer is kept for {@link KeyUses#KEPT} and given again to every repeat. Comes after the check of the
 * token, because a key is its user's, and before the audit log, because a repeat changes nothing. Requests without the
 * header pass untouched, and so do those of nobody.
 */
@Order(-1)
class IdempotencyFilter implements WebFilter {

    /** Says that the answer is that of an earlier request. */
    static final String REPLAYED = "Idempotency-Replayed";

    private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.POST, HttpMethod.PATCH);

    /** As much of an upload is read for nothing, so that its client has sent all when it is refused. */
    private static final long MOST_IN_VAIN = 64L * 1024 * 1024;

    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(120);

    private final KeyUses uses;
    private final List<WebExceptionHandler> problems;

    /** @param problems what makes an answer of a failure, in their order: it must be known here to be kept */
    IdempotencyFilter(KeyUses uses, List<WebExceptionHandler> problems) {
        this.uses = uses;
        this.problems = List.copyOf(problems);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (!request.getHeaders().containsHeader(IdempotencyKey.HEADER) || !METHODS.contains(request.getMethod())) {
            return chain.filter(exchange);
        }
        return caller().map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(caller ->
                        caller.map(known -> once(known, exchange, chain)).orElseGet(() -> chain.filter(exchange)));
    }

    private static Mono<Caller> caller() {
        return ReactiveSecurityContextHolder.getContext()
                .mapNotNull(SecurityContext::getAuthentication)
                .mapNotNull(Authentication::getPrincipal)
                .ofType(Caller.class);
    }

    private Mono<Void> once(Caller caller, ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        IdempotencyKey key = IdempotencyKey.of(request.getHeaders().getOrEmpty(IdempotencyKey.HEADER));
        KeyedRequest keyed = new KeyedRequest(request, caller, key);
        Optional<String> boundary = keyed.boundary();
        return boundary.isPresent()
                ? toTheEnd(streamed(keyed, boundary.get(), exchange, chain))
                : DataBufferUtils.join(request.getBody(), RequestShape.LARGEST_BODY)
                        .map(WholeBody::bytesOf)
                        .defaultIfEmpty(new byte[0])
                        .flatMap(body -> toTheEnd(whole(keyed, body, exchange, chain)));
    }

    /** A client that goes away ends nothing that was begun: it comes back and asks what became of it. */
    private static Mono<Void> toTheEnd(Mono<Void> work) {
        return Mono.deferContextual(context -> work.contextWrite(context).cache());
    }

    private Mono<Void> whole(KeyedRequest keyed, byte[] body, ServerWebExchange exchange, WebFilterChain chain) {
        KeyUse.Request request = keyed.with(new Digest().part(body).value(), body.length);
        return uses.claim(keyed.id(), request).flatMap(claim -> {
            if (claim instanceof Claim.Granted granted) {
                Flux<DataBuffer> again = Flux.defer(
                        () -> Flux.just(exchange.getResponse().bufferFactory().wrap(body)));
                return carryOut(granted.use(), again, () -> Optional.of(request), exchange, chain);
            }
            return claim instanceof Claim.Answered answered
                    ? replay(answered.answer(), exchange.getResponse())
                    : refused(claim);
        });
    }

    private Mono<Void> streamed(KeyedRequest keyed, String boundary, ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        FormDigest form = new FormDigest(boundary);
        Supplier<Optional<KeyUse.Request>> seen = () -> form.value().map(digest -> keyed.with(digest, form.length()));
        return uses.claim(keyed.id(), null).flatMap(claim -> {
            if (claim instanceof Claim.Granted granted) {
                return carryOut(granted.use(), request.getBody().doOnNext(form::read), seen, exchange, chain);
            }
            if (claim instanceof Claim.Answered answered) {
                return read(request, answered.request().length() + MOST_IN_VAIN, form::read)
                        .then(Mono.defer(() -> seen.get()
                                .filter(answered.request()::isSameAs)
                                .map(same -> replay(answered.answer(), exchange.getResponse()))
                                .orElseGet(() -> refused(new Claim.Taken()))));
            }
            return read(request, MOST_IN_VAIN, ignored -> {}).then(Mono.defer(() -> refused(claim)));
        });
    }

    /** Reads a body and keeps nothing of it, until the end or until there is more of it than that. */
    private static Mono<Void> read(ServerHttpRequest request, long most, Consumer<DataBuffer> reader) {
        AtomicLong total = new AtomicLong();
        return request.getBody()
                .timeout(LONGEST_SILENCE)
                .onErrorMap(
                        TimeoutException.class,
                        silent -> Problem.REQUEST_TIMEOUT.with(
                                "Nothing more of the body came for " + LONGEST_SILENCE.toSeconds() + " s"))
                .map(buffer -> {
                    reader.accept(buffer);
                    int count = buffer.readableByteCount();
                    DataBufferUtils.release(buffer);
                    return total.addAndGet(count);
                })
                .takeUntil(read -> read > most)
                .then();
    }

    private Mono<Void> carryOut(
            KeyUse use,
            Flux<DataBuffer> body,
            Supplier<Optional<KeyUse.Request>> request,
            ServerWebExchange exchange,
            WebFilterChain chain) {
        KeptResponse response = new KeptResponse(exchange.getResponse(), uses, use, request);
        ServerWebExchange once = new KeyedExchange(exchange, body, response);
        Mono<Void> work = Mono.defer(() -> chain.filter(once));
        for (WebExceptionHandler handler : problems) {
            work = work.onErrorResume(failure -> handler.handle(once, failure));
        }
        Mono<Void> ended = work.then(Mono.defer(response::setComplete))
                .onErrorResume(failure -> response.end().then(Mono.error(failure)))
                .then(Mono.defer(response::end));
        return Mono.firstWithSignal(ended, uses.renewals(use));
    }

    private static Mono<Void> refused(Claim claim) {
        return claim instanceof Claim.Refused refused ? Mono.error(refused::reason) : Mono.empty();
    }

    private static Mono<Void> replay(KeyUse.Answer answer, ServerHttpResponse response) {
        if (answer.body() == null) {
            return Mono.error(() -> Problem.ANSWER_NOT_KEPT.at(
                    IdempotencyKey.HEADER,
                    "belongs to a request that was carried out and answered with " + answer.status()
                            + "; the answer was too large to be kept"));
        }
        response.setRawStatusCode(answer.status());
        HttpHeaders headers = response.getHeaders();
        answer.headers().forEach(header -> headers.put(header.name(), header.values()));
        headers.set(REPLAYED, "true");
        byte[] body = answer.body().getData();
        if (body.length == 0) {
            return response.setComplete();
        }
        headers.setContentLength(body.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }
}
