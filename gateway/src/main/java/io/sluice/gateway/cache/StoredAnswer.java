package io.sluice.gateway.cache;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * A 200 that everybody may have.
 *
 * @param headers as the service sent them
 * @param varied what the request said in the headers that the answer depends on ({@code Vary}), by name in lower case
 * @param receivedAt when it came, or was last said to be good still
 * @param ageThen how old it was then
 */
record StoredAnswer(
        HttpHeaders headers, byte[] body, Map<String, String> varied, Instant receivedAt, Duration ageThen) {

    /** What tells who asks: an answer that depends on it is of one user, whatever else it says. */
    private static final Set<String> OF_ONE_USER = Set.of("*", "authorization", "cookie");

    /** Describe the body that is there, not the one that a 304 left away (RFC 9111 §3.2). */
    private static final Set<String> OF_THE_BODY =
            Set.of("content-length", "content-encoding", "content-type", "content-range");

    /** Say that an answer past its time must not be used without asking. */
    private static final Set<String> STRICT = Set.of("must-revalidate", "proxy-revalidate", "s-maxage", "no-cache");

    private static final int OVERHEAD = 1024;

    /**
     * Whether the headers of a 200 to a GET allow everybody to have it. Only what says so itself is kept ({@code public} or
     * {@code s-maxage}), so that it makes no difference whether a token came with the request (RFC 9111 §3.5).
     */
    static boolean isForEverybody(HttpHeaders answer) {
        Directives said = Directives.of(answer);
        return (said.has("public") || said.has("s-maxage"))
                && !said.has("private")
                && said.mayBeStored()
                && !answer.containsHeader(HttpHeaders.SET_COOKIE)
                && !answer.containsHeader(HttpHeaders.CONTENT_RANGE)
                && answer.getVary().stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .noneMatch(OF_ONE_USER::contains)
                && (answer.getETag() != null || lifetime(said).compareTo(Duration.ZERO) > 0);
    }

    static StoredAnswer of(HttpHeaders answer, byte[] body, HttpHeaders request, Instant now) {
        HttpHeaders headers = HttpHeaders.copyOf(answer);
        if (!headers.containsHeader(HttpHeaders.DATE)) {
            headers.setDate(now);
        }
        return new StoredAnswer(
                HttpHeaders.readOnlyHttpHeaders(headers), body, varied(answer, request), now, age(answer, now));
    }

    private static Map<String, String> varied(HttpHeaders answer, HttpHeaders request) {
        Map<String, String> varied = new HashMap<>();
        answer.getVary().forEach(name -> varied.put(name.toLowerCase(Locale.ROOT), said(request, name)));
        return varied;
    }

    private static String said(HttpHeaders request, String name) {
        return String.join(",", request.getOrEmpty(name))
                .replaceAll("\\s*,\\s*", ",")
                .strip();
    }

    /** RFC 9111 §4.2.3. */
    private static Duration age(HttpHeaders answer, Instant now) {
        Duration age = Optional.ofNullable(answer.getFirst(HttpHeaders.AGE))
                .flatMap(seconds -> new Directives(Map.of("age", seconds)).duration("age"))
                .orElse(Duration.ZERO);
        try {
            long date = answer.getDate();
            Duration apparent = date < 0 ? Duration.ZERO : Duration.between(Instant.ofEpochMilli(date), now);
            return apparent.compareTo(age) > 0 ? apparent : age;
        } catch (IllegalArgumentException unreadable) {
            return age;
        }
    }

    private static Duration lifetime(Directives said) {
        return said.has("no-cache")
                ? Duration.ZERO
                : said.duration("s-maxage").or(() -> said.duration("max-age")).orElse(Duration.ZERO);
    }

    boolean answers(HttpHeaders request) {
        return varied.entrySet().stream()
                .allMatch(header -> said(request, header.getKey()).equals(header.getValue()));
    }

    Duration age(Instant now) {
        Duration here = Duration.between(receivedAt, now);
        return here.isNegative() ? ageThen : ageThen.plus(here);
    }

    /** Whether it may be given without asking the service, as it and the request say. */
    boolean isFresh(Instant now, Directives request) {
        Duration age = age(now);
        Duration left = lifetime(Directives.of(headers)).minus(age);
        return left.compareTo(Duration.ZERO) > 0
                && !request.has("no-cache")
                && request.duration("max-age")
                        .map(most -> age.compareTo(most) <= 0)
                        .orElse(true)
                && request.duration("min-fresh")
                        .map(least -> left.compareTo(least) >= 0)
                        .orElse(true);
    }

    /** Whether it may stand in for a service that fails (RFC 5861 §4). */
    boolean mayStandIn(Instant now, Duration mostStale) {
        Directives said = Directives.of(headers);
        Duration allowed = said.duration("stale-if-error").orElse(Duration.ZERO);
        Duration most = allowed.compareTo(mostStale) < 0 ? allowed : mostStale;
        return STRICT.stream().noneMatch(said::has)
                && age(now).compareTo(lifetime(said).plus(most)) < 0;
    }

    /** This answer when the service has said by a 304 that it is good still. */
    StoredAnswer confirmedBy(HttpHeaders notModified, Instant now) {
        HttpHeaders updated = HttpHeaders.copyOf(headers);
        updated.remove(HttpHeaders.AGE);
        updated.setDate(now);
        notModified.forEach((name, values) -> {
            if (!OF_THE_BODY.contains(name.toLowerCase(Locale.ROOT))) {
                updated.put(name, List.copyOf(values));
            }
        });
        return new StoredAnswer(HttpHeaders.readOnlyHttpHeaders(updated), body, varied, now, age(notModified, now));
    }

    @Nullable
    String etag() {
        return headers.getETag();
    }

    /** In bytes, roughly. */
    int weight() {
        int described = headers.toString().length() * 2;
        return OVERHEAD + body.length + described;
    }
}
