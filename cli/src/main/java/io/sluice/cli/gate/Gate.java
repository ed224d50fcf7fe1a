package io.sluice.cli.gate;

import io.sluice.cli.console.Exit;
import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Json;
import io.sluice.cli.console.Surroundings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The gate of a platform, and who asks there. The token is renewed before it ends. */
public final class Gate {

    public static final String DEFAULT = "http://localhost:8080";
    public static final Duration USUAL_LIMIT = Duration.ofMinutes(2);

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final String JSON = "application/json";

    private final URI root;
    private final Clock clock;
    private final @Nullable CredentialsFile file;
    private final HttpClient http;
    private @Nullable Credentials credentials;
    private volatile boolean hasAnswered;

    private Gate(URI root, @Nullable Credentials credentials, @Nullable CredentialsFile file, Clock clock) {
        this.root = root;
        this.credentials = credentials;
        this.file = file;
        this.clock = clock;
        this.http = HttpClient.newBuilder()
                .connectTimeout(CONNECT_LIMIT)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** @param address as people write it: {@code data.example.org}, {@code localhost:8080}, {@code http://10.0.0.7/} */
    public static URI address(String address) {
        String text = address.strip().replaceFirst("/+$", "").replaceFirst("/api/v1$", "");
        try {
            String scheme = text.startsWith("localhost") || text.startsWith("127.") ? "http://" : "https://";
            URI uri = URI.create(text.contains("://") ? text : scheme + text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException notAnAddress) {
            // As one without a host.
        }
        throw Failure.usage("“" + address + "” is no address of a gate, such as " + DEFAULT);
    }

    /** One where nobody is signed in yet. */
    public static Gate at(URI root, Clock clock) {
        return new Gate(root, null, null, clock);
    }

    /** By SLUICE_GATE and SLUICE_TOKEN where both are set, else as {@code sluice login} has left it. */
    public static Gate signedIn(Surroundings here) {
        Optional<URI> named = here.variable("SLUICE_GATE").map(Gate::address);
        Optional<String> token = here.variable("SLUICE_TOKEN");
        if (token.isPresent()) {
            URI root = named.orElse(URI.create(DEFAULT));
            return new Gate(root, new Credentials(root, "", token.get(), null, null), null, here.clock());
        }
        CredentialsFile file = CredentialsFile.of(here);
        Credentials known = file.read()
                .filter(credentials -> named.isEmpty() || named.get().equals(credentials.gate()))
                .orElseThrow(() -> new Failure(
                        Exit.FORBIDDEN,
                        "You are not signed in"
                                + named.map(gate -> " at " + gate).orElse("")
                                + "; sign in with: sluice login --gate "
                                + named.map(URI::toString).orElse(DEFAULT)));
        return new Gate(known.gate(), known, file, here.clock());
    }

    public URI root() {
        return root;
    }

    /** Signs in with a password; the gate is used as that user from then on. */
    public Credentials signIn(String email, char[] password) {
        JsonNode body = Json.object()
                .put("type", "user_credentials")
                .put("username", email)
                .put("password", new String(password));
        try {
            Credentials signedIn = Credentials.of(root, email, tokensFor(body), clock.instant(), null);
            credentials = signedIn;
            return signedIn;
        } catch (Refusal refused) {
            throw refused.status() == 401
                    ? new Failure(Exit.FORBIDDEN, "The e-mail address or the password is wrong")
                    : refused;
        }
    }

    private JsonNode tokensFor(JsonNode body) {
        return json(once(
                builder -> posting(builder, "/token?default", BodyPublishers.ofString(Json.write(body)), JSON),
                BodyHandlers.ofString(StandardCharsets.UTF_8),
                USUAL_LIMIT,
                null));
    }

    /** Ends the session, so that its tokens are good for nothing any more. */
    public void signOut() {
        Credentials known = Objects.requireNonNull(credentials);
        String ends = known.refreshToken() == null ? known.token() : known.refreshToken();
        var unused = once(
                builder -> posting(
                        builder,
                        "/oauth2/revoke",
                        BodyPublishers.ofString("token=" + encoded(ends)),
                        "application/x-www-form-urlencoded"),
                BodyHandlers.ofString(StandardCharsets.UTF_8),
                USUAL_LIMIT,
                null);
    }

    public JsonNode get(String path) {
        return json(patiently(builder -> builder.uri(uri(path)).GET(), USUAL_LIMIT));
    }

    /** @param body of a request that may be repeated without harm */
    public JsonNode post(String path, JsonNode body) {
        String text = Json.write(body);
        return json(patiently(builder -> posting(builder, path, BodyPublishers.ofString(text), JSON), USUAL_LIMIT));
    }

    /** Makes something, once, also when the answer to the first try did not come. */
    public JsonNode create(String path, JsonNode body) {
        String text = Json.write(body);
        String key = '"' + UUID.randomUUID().toString() + '"';
        return json(patiently(
                builder -> posting(builder, path, BodyPublishers.ofString(text), JSON)
                        .header("Idempotency-Key", key),
                USUAL_LIMIT));
    }

    /** Deletes it, or begins to; the answer of what takes its time names a command. */
    public Answer<String> delete(String path) {
        return patiently(
                builder ->
                        builder.uri(uri(path)).header("Prefer", "respond-async").DELETE(),
                USUAL_LIMIT);
    }

    private Answer<String> patiently(UnaryOperator<HttpRequest.Builder> request, Duration limit) {
        return Patience.USUAL.with(() -> send(request, BodyHandlers.ofString(StandardCharsets.UTF_8), limit));
    }

    private HttpRequest.Builder posting(HttpRequest.Builder builder, String path, BodyPublisher body, String type) {
        return builder.uri(uri(path)).header("Content-Type", type).POST(body);
    }

    public URI uri(String path) {
        return URI.create(root + path);
    }

    /** For a name in a path or a query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * Sends it once, or twice when the token has ended meanwhile.
     *
     * @param request says what is asked; each time anew
     * @param handler what is done with the body of an answer that is no failure
     * @param limit for all of it, to the last byte of the answer
     * @throws Unavailable when it may be tried again
     * @throws Refusal when that would not help
     */
    public <T> Answer<T> send(UnaryOperator<HttpRequest.Builder> request, BodyHandler<T> handler, Duration limit) {
        String token = currentToken(null);
        try {
            return once(request, handler, limit, token);
        } catch (Refusal refused) {
            if (refused.status() != 401 || Objects.requireNonNull(credentials).refreshToken() == null) {
                throw refused;
            }
            return once(request, handler, limit, currentToken(token));
        }
    }

    /** @param ended a token that was turned away; null when none was */
    private synchronized String currentToken(@Nullable String ended) {
        Credentials known = Objects.requireNonNull(credentials);
        if (known.token().equals(ended) || known.hasEnded(clock.instant())) {
            JsonNode body = Json.object().put("type", "refresh_token").put("refresh_token", known.refreshToken());
            known = Credentials.of(root, known.email(), tokensFor(body), clock.instant(), known.refreshToken());
            credentials = known;
            if (file != null) {
                file.write(known);
            }
        }
        return known.token();
    }

    private sealed interface Got<T> {}

    private record Whole<T>(T body) implements Got<T> {}

    private record Failed<T>(String text) implements Got<T> {}

    private <T> Answer<T> once(
            UnaryOperator<HttpRequest.Builder> request,
            BodyHandler<T> handler,
            Duration limit,
            @Nullable String token) {
        HttpRequest.Builder builder = request.apply(HttpRequest.newBuilder().header("User-Agent", "sluice-cli"));
        if (token != null) {
            builder.header("Authorization", "Bearer " + token);
        }
        CompletableFuture<HttpResponse<Got<T>>> answer = http.sendAsync(
                builder.build(),
                info -> info.statusCode() >= 400
                        ? BodySubscribers.mapping(
                                BodySubscribers.ofString(StandardCharsets.UTF_8), text -> (Got<T>) new Failed<T>(text))
                        : BodySubscribers.mapping(handler.apply(info), body -> (Got<T>) new Whole<>(body)));
        HttpResponse<Got<T>> got = awaited(answer, limit);
        hasAnswered = true;
        if (got.body() instanceof Whole<T> whole) {
            return new Answer<>(got.statusCode(), got.headers(), whole.body());
        }
        throw failure(got.statusCode(), got.headers(), ((Failed<T>) got.body()).text());
    }

    private <R> R awaited(CompletableFuture<R> answer, Duration limit) {
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException silent) {
            answer.cancel(true);
            throw new Unavailable(root + " did not answer in time", Duration.ZERO);
        } catch (InterruptedException stopped) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw Failure.interrupted();
        } catch (ExecutionException failed) {
            throw failure(failed.getCause());
        }
    }

    private Failure failure(@Nullable Throwable cause) {
        if (cause instanceof Failure known) {
            return known;
        }
        if (cause instanceof IOException) {
            boolean isNoConnection = cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
            String words = isNoConnection
                    ? "There is no gate at " + root + ", or it cannot be reached from here"
                    : "The connection to " + root + " broke: " + cause.getMessage();
            // Where no gate ever was, waiting for it is pointless.
            return hasAnswered ? new Unavailable(words, Duration.ZERO) : new Failure(Exit.UNREACHABLE, words);
        }
        throw new IllegalStateException(cause);
    }

    private Failure failure(int status, HttpHeaders headers, String body) {
        return switch (status) {
            case 408, 429, 502, 503, 504 -> {
                String message = Refusal.message(body);
                yield new Unavailable(
                        message.isEmpty() ? root + " answered " + status : message,
                        Duration.ofSeconds(headers.firstValue("retry-after")
                                .filter(value -> value.matches("\\d{1,5}"))
                                .map(Long::parseLong)
                                .orElse(0L)));
            }
            default -> Refusal.of(status, body);
        };
    }

    private JsonNode json(Answer<String> answer) {
        try {
            return Json.read(answer.body());
        } catch (JacksonException notJson) {
            throw new Failure(Exit.UNREACHABLE, root + " is no gate of Sluice: it answered something that is no JSON");
        }
    }
}
