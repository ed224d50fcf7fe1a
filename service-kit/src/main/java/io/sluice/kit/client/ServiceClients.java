package io.sluice.kit.client;

import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.function.Function;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * Clients for the other services: time-outs and tokens set once. A failed call is never "nothing there": only a 404
 * means that, and the caller decides so where it reads the reply.
 */
public class ServiceClients {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

    private final ServiceAddresses addresses;
    private final WebClient.Builder builder;

    /** @param loops the event loops of this context, so that closing another one in the same JVM leaves them alone */
    public ServiceClients(ServiceAddresses addresses, LoopResources loops) {
        this.addresses = addresses;
        ConnectionProvider connections = ConnectionProvider.builder("services")
                .maxConnections(200)
                .pendingAcquireTimeout(CONNECT_TIMEOUT)
                .maxIdleTime(Duration.ofSeconds(30))
                .build();
        HttpClient http = HttpClient.create(connections)
                .runOn(loops)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
                .responseTimeout(ANSWER_TIMEOUT);
        this.builder = WebClient.builder().clientConnector(new ReactorClientHttpConnector(http));
    }

    /** A client that proves nothing, for what everybody may read. */
    public WebClient anonymous(String service, String path) {
        return to(service, path).build();
    }

    /** A client that speaks for this service; {@code tokens} makes a token for the service that is called. */
    public WebClient asService(String service, Function<String, Mono<String>> tokens) {
        ExchangeFilterFunction authorize = (request, next) -> tokens.apply(service)
                .map(token -> ClientRequest.from(request)
                        .headers(headers -> headers.setBearerAuth(token))
                        .build())
                .flatMap(next::exchange);
        return to(service, "").filter(authorize).build();
    }

    /** A client for calls in the name of a user; each call carries that user's token. */
    public WebClient asCaller(String service) {
        return to(service, "").build();
    }

    private WebClient.Builder to(String service, String path) {
        return builder.clone().baseUrl(addresses.of(service) + path);
    }
}
