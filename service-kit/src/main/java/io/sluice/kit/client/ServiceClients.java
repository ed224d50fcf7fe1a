package io.sluice.kit.client;

import io.netty.channel.ChannelOption;
import io.sluice.kit.observation.Trace;
import io.sluice.kit.replica.Attempt;
import io.sluice.kit.replica.Peer;
import io.sluice.kit.replica.Peers;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.CodecException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.util.MimeType;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.ConnectionProvider.MeterRegistrar;
import reactor.netty.resources.LoopResources;

/**
 * Clients for the other services: time-outs and tokens set once. A failed call is never "nothing there": only a 404
 * means that, and the caller decides so where it reads the reply.
 */
public class ServiceClients {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

    /** A page of 1,000 entries fits, and so do the keys of a service that has restarted all day. */
    private static final int LARGEST_ANSWER = 8 * 1024 * 1024;

    /** Doing it twice is doing it once (RFC 9110 §9.2.2), and there is no body that may be half gone. */
    private static final Set<HttpMethod> REPEATABLE =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.DELETE);

    private final ServiceAddresses addresses;
    private final Peers peers;
    private final WebClient.Builder builder;

    /** @param loops the event loops of this context, so that closing another one in the same JVM leaves them alone */
    public ServiceClients(ServiceAddresses addresses, Peers peers, LoopResources loops) {
        this(addresses, peers, loops, null);
    }

    /** @param figures who is told how many connections are in use; null for nobody */
    public ServiceClients(
            ServiceAddresses addresses, Peers peers, LoopResources loops, @Nullable MeterRegistrar figures) {
        this.addresses = addresses;
        this.peers = peers;
        ConnectionProvider.Builder connections = ConnectionProvider.builder("services")
                .maxConnections(200)
                .pendingAcquireTimeout(CONNECT_TIMEOUT)
                .maxIdleTime(Duration.ofSeconds(30))
                // Those of replicas that are gone.
                .disposeInactivePoolsInBackground(Duration.ofMinutes(1), Duration.ofMinutes(2));
        if (figures != null) {
            connections.metrics(true, () -> figures);
        }
        HttpClient http = HttpClient.create(connections.build())
                .runOn(loops)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
                .responseTimeout(ANSWER_TIMEOUT);
        this.builder = WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(http))
                .filter(ServiceClients::trace)
                .codecs(codecs -> {
                    codecs.defaultCodecs().maxInMemorySize(LARGEST_ANSWER);
                    codecs.defaultCodecs().jacksonJsonDecoder(new AnswerDecoder());
                });
    }

    /** A client that proves nothing, for what everybody may read. */
    public WebClient anonymous(String service, String path) {
        return build(service, to(service, path));
    }

    /** A client that speaks for this service; {@code tokens} makes a token for the service that is called. */
    public WebClient asService(String service, Function<String, Mono<String>> tokens) {
        ExchangeFilterFunction authorize = (request, next) -> tokens.apply(service)
                .map(token -> ClientRequest.from(request)
                        .headers(headers -> headers.setBearerAuth(token))
                        .build())
                .flatMap(next::exchange);
        return build(service, to(service, "").filter(authorize));
    }

    /**
     * A client for calls in the name of a user; each call carries that user's token. A service that has heard before us that
     * the token has ended makes the whole request one of somebody who is not signed in.
     */
    public WebClient asCaller(String service) {
        return build(
                service,
                to(service, "")
                        .filter(ExchangeFilterFunction.ofResponseProcessor(
                                answer -> answer.statusCode().isSameCodeAs(HttpStatus.UNAUTHORIZED)
                                        ? ended(answer)
                                        : Mono.just(answer))));
    }

    /** What is asked for the sake of a request belongs to its trace. */
    private static Mono<ClientResponse> trace(ClientRequest request, ExchangeFunction next) {
        return Mono.deferContextual(context -> {
            Trace trace = Trace.of(context);
            return next.exchange(
                    trace == null
                            ? request
                            : ClientRequest.from(request).headers(trace::tellIn).build());
        });
    }

    private static Mono<ClientResponse> ended(ClientResponse answer) {
        return answer.releaseBody()
                .then(Mono.error(() -> new BadCredentialsException("The token is not valid, or no longer")));
    }

    private WebClient.Builder to(String service, String path) {
        return builder.clone().baseUrl(addresses.of(service) + path);
    }

    /** The innermost filter chooses the replica. */
    private WebClient build(String service, WebClient.Builder client) {
        URI base = addresses.of(service);
        Peer peer = peers.at(base);
        return client.filter((request, next) -> peer.send(
                                attempt -> next.exchange(at(attempt, request, base))
                                        .doOnNext(answer -> attempt.answered(
                                                answer.statusCode(),
                                                answer.headers().asHttpHeaders())),
                                failure -> Peer.isBeforeSending(failure)
                                        || Peer.isLost(failure) && REPEATABLE.contains(request.method()))
                        .onErrorMap(
                                Peer.NotAskedException.class,
                                failure -> new WebClientRequestException(
                                        failure, request.method(), request.url(), HttpHeaders.EMPTY)))
                .build();
    }

    private static ClientRequest at(Attempt attempt, ClientRequest request, URI base) {
        return ClientRequest.from(request)
                .url(attempt.at(request.url()))
                .headers(headers -> headers.set(HttpHeaders.HOST, base.getRawAuthority()))
                .build();
    }

    /** An answer that cannot be read is the failure of who gave it, not of the client whose request we work on. */
    private static final class AnswerDecoder extends JacksonJsonDecoder {

        @Override
        public Mono<Object> decodeToMono(
                Publisher<DataBuffer> answer,
                ResolvableType type,
                @Nullable MimeType mimeType,
                @Nullable Map<String, Object> hints) {
            return super.decodeToMono(answer, type, mimeType, hints).onErrorMap(AnswerDecoder::unreadable);
        }

        @Override
        public Flux<Object> decode(
                Publisher<DataBuffer> answer,
                ResolvableType type,
                @Nullable MimeType mimeType,
                @Nullable Map<String, Object> hints) {
            return super.decode(answer, type, mimeType, hints).onErrorMap(AnswerDecoder::unreadable);
        }

        private static Throwable unreadable(Throwable failure) {
            boolean isUnreadable = failure instanceof CodecException || failure instanceof DataBufferLimitException;
            return isUnreadable ? new IOException("A service gave an answer that cannot be read", failure) : failure;
        }
    }
}
