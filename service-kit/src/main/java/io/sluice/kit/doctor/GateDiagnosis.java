package io.sluice.kit.doctor;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a client sees of a platform that runs. */
public final class GateDiagnosis {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SKEW = Duration.ofSeconds(5);
    private static final int OK = 200;

    private final URI gate;
    private final Clock clock;

    public GateDiagnosis(URI gate, Clock clock) {
        this.gate = gate;
        this.clock = clock;
    }

    /** Waits for the gate, ten seconds for each question at most. */
    public List<Finding> look() {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build();
        List<Finding> findings = new ArrayList<>();
        try {
            HttpResponse<String> health = get(client, "/health");
            findings.add(
                    health.statusCode() == OK
                            ? Finding.ok("gate", gate + " is up, and so is all behind it")
                            : Finding.fail(
                                    "gate",
                                    gate + " answers " + health.statusCode() + " " + health.body(),
                                    "Look at the logs of the services it names; run doctor in their containers."));
            clock(health).ifPresent(findings::add);
            HttpResponse<String> keys = get(client, "/.well-known/jwks.json");
            findings.add(
                    keys.statusCode() == OK && keys.body().contains("\"kid\"")
                            ? Finding.ok("signing keys", "published")
                            : Finding.fail(
                                    "signing keys",
                                    "none are published, so nobody can sign in",
                                    "Look at the log of the auth-service."));
        } catch (IOException failure) {
            findings.add(Finding.fail(
                    "gate",
                    gate + " does not answer: " + failure,
                    "Start it, or name the right address with --gate URL."));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return findings;
    }

    private HttpResponse<String> get(HttpClient client, String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(gate.resolve(path)).timeout(PATIENCE).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private Optional<Finding> clock(HttpResponse<?> answer) {
        return answer.headers().firstValue("date").map(date -> {
            Duration skew = Duration.between(
                            ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant(),
                            clock.instant())
                    .abs();
            String text = skew.toSeconds() + " s apart from that of the gate";
            return skew.compareTo(SKEW) > 0
                    ? Finding.warn("clock", text, "Keep the time of both machines by NTP.")
                    : Finding.ok("clock", text);
        });
    }
}
