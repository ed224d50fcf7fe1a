package io.sluice.gateway;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stands in for a service behind the gateway. Tells in its answer who it is and what reached it, unless a test has said
 * what to answer at a path.
 */
public final class StubService {

    private static final JsonMapper JSON = new JsonMapper();

    private final String name;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private volatile DisposableServer server;

    /** What to do with a request. */
    public interface Answer extends BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {}

    /** What reached the service. */
    public record Seen(String service, String method, String uri, Map<String, String> headers) {}

    private StubService(String name) {
        this.name = name;
        this.server = listen(0);
    }

    private DisposableServer listen(int port) {
        return HttpServer.create()
                .host("127.0.0.1")
                .port(port)
                .handle(this::handle)
                .bindNow();
    }

    public static StubService start(String name) {
        return new StubService(name);
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** What to do with requests to a path; each test takes a path of its own. */
    public void on(String path, Answer answer) {
        answers.put(path, answer);
    }

    /** Does something while nobody listens at the address of this service. */
    public void whileDown(Runnable deed) {
        int port = server.port();
        server.disposeNow();
        try {
            deed.run();
        } finally {
            server = listen(port);
        }
    }

    /** What is done with every request of the service. */
    public Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        String path = UriComponentsBuilder.fromUriString(request.uri()).build().getPath();
        Answer answer = answers.get(String.valueOf(path));
        return answer == null ? tell(request, response) : answer.apply(request, response);
    }

    private Publisher<Void> tell(HttpServerRequest request, HttpServerResponse response) {
        Map<String, String> headers = request.requestHeaders().names().stream()
                .collect(Collectors.toMap(
                        header -> header.toLowerCase(java.util.Locale.ROOT),
                        header -> String.join(", ", request.requestHeaders().getAll(header)),
                        (one, same) -> one));
        Seen seen = new Seen(name, request.method().name(), request.uri(), headers);
        return request.receive()
                .then()
                .then(response.header("Content-Type", "application/json")
                        .sendString(Mono.just(JSON.writeValueAsString(seen)))
                        .then());
    }
}
