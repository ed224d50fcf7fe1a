package io.sluice.gateway.cache;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import io.sluice.kit.error.Problem;
import io.sluice.kit.web.WholeBody;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Answers from the {@link SharedAnswers} what a service has said that everybody may have, as a shared cache of RFC 9111:
 * fresh answers at once, others after the service was asked whether they are good still. Everything else passes, and
 * nothing waits for it. Comes after the check of the token: who may not ask is not answered.
 */
final class CachingRouting implements GlobalFilter, Ordered {

    private static final Set<HttpMethod> SAFE =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.TRACE);

    private static final List<String> CONDITIONS = List.of(
            HttpHeaders.IF_NONE_MATCH,
            HttpHeaders.IF_MODIFIED_SINCE,
            HttpHeaders.IF_MATCH,
            HttpHeaders.IF_UNMODIFIED_SINCE,
            HttpHeaders.IF_RANGE);

    private final SharedAnswers answers;
    private final CacheProperties settings;
    private final Clock clock;
    private final Flights flights = new Flights();

    CachingRouting(SharedAnswers answers, CacheProperties settings, Clock clock) {
        this.answers = answers;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * A request that goes to its service.
     *
     * @param old the answer whose time is over; null when there is none
     */
    private record Question(
            CacheKey key, @Nullable StoredAnswer old, ServerWebExchange exchange, GatewayFilterChain chain) {

        HttpHeaders headers() {
            return exchange.getRequest().getHeaders();
        }

        /** Whether the answer may turn out to be for those, too, who ask the same at this moment. */
        boolean isPerhapsOfMany() {
            return old != null
                    || !headers().containsHeader(HttpHeaders.AUTHORIZATION)
                            && CONDITIONS.stream().noneMatch(headers()::containsHeader);
        }
    }

    @Override
    public int getOrder() {
        // Around what talks to the service and says it in our words when that fails.
        return NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 2;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (!SAFE.contains(request.getMethod())) {
            forgetWhatChanges(exchange);
            return chain.filter(exchange);
        }
        Directives wish = Directives.of(request.getHeaders());
        if (!isSimpleRead(request) || !wish.mayBeStored()) {
            return chain.filter(exchange);
        }
        Route route = exchange.getRequiredAttribute(GATEWAY_ROUTE_ATTR);
        CacheKey key = CacheKey.of(route.getId(), request);
        StoredAnswer found = answers.find(key, request.getHeaders()).orElse(null);
        if (found != null && found.isFresh(clock.instant(), wish)) {
            return give(found, exchange, true);
        }
        if (wish.has("only-if-cached")) {
            return Mono.error(() -> Problem.GATEWAY_TIMEOUT.with("The gateway has no answer of its own to this"));
        }
        return request.getMethod() == HttpMethod.HEAD
                ? chain.filter(exchange)
                : ask(new Question(key, found, exchange, chain), wish);
    }

    /** Parts, and what comes with a body, are nothing that another could ask for in the same words. */
    private static boolean isSimpleRead(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        return (request.getMethod() == HttpMethod.GET || request.getMethod() == HttpMethod.HEAD)
                && !headers.containsHeader(HttpHeaders.RANGE)
                && !headers.containsHeader(HttpHeaders.TRANSFER_ENCODING)
                && headers.getContentLength() <= 0;
    }

    /** RFC 9111 §4.4. */
    private void forgetWhatChanges(ServerWebExchange exchange) {
        exchange.getResponse()
                .beforeCommit(() -> Mono.fromRunnable(() -> {
                    HttpStatusCode status = exchange.getResponse().getStatusCode();
                    if (status != null && !status.isError()) {
                        answers.forgetAll(CacheKey.targetOf(exchange.getRequest()));
                    }
                }));
    }

    private Mono<Void> ask(Question question, Directives wish) {
        if (!question.isPerhapsOfMany()) {
            return send(question, () -> {});
        }
        Runnable landed = flights.begin(question.key());
        return landed == null
                ? flights.end(question.key()).then(Mono.defer(() -> afterAnother(question, wish)))
                : send(question, landed).doFinally(signal -> landed.run());
    }

    private Mono<Void> afterAnother(Question question, Directives wish) {
        StoredAnswer found = answers.find(question.key(), question.headers()).orElse(null);
        return found != null && found.isFresh(clock.instant(), wish)
                ? give(found, question.exchange(), true)
                : send(new Question(question.key(), found, question.exchange(), question.chain()), () -> {});
    }

    private Mono<Void> send(Question question, Runnable landed) {
        ServerWebExchange exchange = question.exchange();
        StoredAnswer old = question.old();
        KeptAnswer answer = new KeptAnswer(exchange.getResponse(), (kept, body) -> read(question, kept, body, landed));
        if (old == null) {
            return question.chain().filter(exchange.mutate().response(answer).build());
        }
        ServerHttpRequest whetherGood = exchange.getRequest()
                .mutate()
                .headers(headers -> {
                    CONDITIONS.forEach(headers::remove);
                    String etag = old.etag();
                    if (etag != null) {
                        headers.set(HttpHeaders.IF_NONE_MATCH, etag);
                    }
                })
                .build();
        return question.chain()
                .filter(exchange.mutate().request(whetherGood).response(answer).build())
                .onErrorResume(
                        failure -> isOfTheService(failure)
                                && !exchange.getResponse().isCommitted()
                                && old.mayStandIn(clock.instant(), settings.mostStale()),
                        failure -> give(old, exchange, true));
    }

    private static boolean isOfTheService(Throwable failure) {
        return failure instanceof ErrorResponse response
                && response.getStatusCode().is5xxServerError();
    }

    private Mono<Void> read(
            Question question, KeptAnswer answer, Publisher<? extends DataBuffer> body, Runnable landed) {
        StoredAnswer old = question.old();
        Instant now = clock.instant();
        HttpStatusCode status = answer.getStatusCode();
        if (old != null && status == HttpStatus.NOT_MODIFIED) {
            StoredAnswer confirmed = old.confirmedBy(answer.getHeaders(), now);
            keepIfForEverybody(question.key(), confirmed);
            landed.run();
            return dropped(body).then(Mono.defer(() -> give(confirmed, question.exchange(), false)));
        }
        boolean isFailure = status != null && status.is5xxServerError();
        if (old != null && isFailure && old.mayStandIn(now, settings.mostStale())) {
            landed.run();
            return dropped(body).then(Mono.defer(() -> give(old, question.exchange(), true)));
        }
        if (status == HttpStatus.OK && StoredAnswer.isForEverybody(answer.getHeaders())) {
            return new WholeBody(settings.largest().toBytes(), answer.bufferFactory())
                    .pass(
                            body,
                            whole -> {
                                StoredAnswer fresh =
                                        StoredAnswer.of(answer.getHeaders(), bytes(whole), question.headers(), now);
                                answers.keep(question.key(), fresh);
                                landed.run();
                                return give(fresh, question.exchange(), false);
                            },
                            pieces -> {
                                landed.run();
                                return answer.pass(pieces);
                            });
        }
        if (old != null && !isFailure) {
            answers.forget(question.key());
        }
        landed.run();
        return answer.pass(body);
    }

    private void keepIfForEverybody(CacheKey key, StoredAnswer answer) {
        if (StoredAnswer.isForEverybody(answer.headers())) {
            answers.keep(key, answer);
        } else {
            answers.forget(key);
        }
    }

    private static Mono<Void> dropped(Publisher<? extends DataBuffer> body) {
        return Flux.from(body).doOnNext(DataBufferUtils::release).then();
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    /** @param isKept whether the service was not asked, which {@code Age} tells (RFC 9111 §5.1) */
    private Mono<Void> give(StoredAnswer answer, ServerWebExchange exchange, boolean isKept) {
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        headers.addAll(answer.headers());
        if (isKept) {
            headers.set(
                    HttpHeaders.AGE, Long.toString(answer.age(clock.instant()).toSeconds()));
        }
        String etag = answer.etag();
        if (etag != null && exchange.checkNotModified(etag)) {
            headers.remove(HttpHeaders.CONTENT_TYPE);
            headers.remove(HttpHeaders.CONTENT_LENGTH);
            return response.setComplete();
        }
        response.setStatusCode(HttpStatus.OK);
        headers.setContentLength(answer.body().length);
        return exchange.getRequest().getMethod() == HttpMethod.HEAD
                ? response.setComplete()
                : response.writeWith(
                        Mono.fromSupplier(() -> response.bufferFactory().wrap(answer.body())));
    }
}
