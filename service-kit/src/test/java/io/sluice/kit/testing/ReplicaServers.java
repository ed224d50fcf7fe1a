package io.sluice.kit.testing;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Replicas of one service: servers on several addresses of this machine, all on one port, that count what reaches them. */
public final class ReplicaServers implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final int port;
    private final Map<String, DisposableServer> running = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final Map<String, BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>>> answers =
            new ConcurrentHashMap<>();

    private ReplicaServers(int port) {
        this.port = port;
    }

    /** One replica at each of the addresses. */
    public static ReplicaServers at(String first, String... others) {
        DisposableServer any = HttpServer.create().host(first).port(0).bindNow(PATIENCE);
        int port = any.port();
        any.disposeNow(PATIENCE);
        ReplicaServers servers = new ReplicaServers(port);
        servers.start(first);
        for (String address : others) {
            servers.start(address);
        }
        return servers;
    }

    public int port() {
        return port;
    }

    /** The service by a name that stands for these addresses. */
    public URI named(String name) {
        return URI.create("http://" + name + ":" + port);
    }

    public void start(String address) {
        counts.putIfAbsent(address, new AtomicInteger());
        running.put(
                address,
                HttpServer.create()
                        .host(address)
                        .port(port)
                        .handle((request, response) -> {
                            counts.get(address).incrementAndGet();
                            return answers.getOrDefault(address, ReplicaServers::wellDone)
                                    .apply(request, response);
                        })
                        .bindNow(PATIENCE));
    }

    private static Publisher<Void> wellDone(HttpServerRequest request, HttpServerResponse response) {
        return request.receive().then(response.sendString(Mono.just("done")).then());
    }

    public void stop(String address) {
        Objects.requireNonNull(running.remove(address)).disposeNow(PATIENCE);
    }

    /** What a replica does with requests from now on. */
    public void on(String address, BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> answer) {
        answers.put(address, answer);
    }

    /** Breaks the connection of a request in place of an answer. */
    public static Publisher<Void> hangUp(HttpServerRequest request, HttpServerResponse response) {
        response.withConnection(connection -> connection.channel().close());
        return Mono.never();
    }

    /** How many requests have reached a replica. */
    public int seen(String address) {
        return counts.getOrDefault(address, new AtomicInteger()).get();
    }

    @Override
    public void close() {
        running.values().forEach(server -> server.disposeNow(PATIENCE));
    }
}
