package io.sluice.kit.preference;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * {@code Prefer: respond-async} (RFC 7240 §4.1): the client would rather be told where to look than wait. An operation
 * that can work on when it has answered asks {@link #isPreferredBy} and answers {@link #accepted}; all others do as if
 * nothing had been said, which the standard allows.
 */
public final class RespondAsync {

    private static final String PREFERENCE = "respond-async";

    /** When it is worth to look for the first time. */
    private static final String RETRY_AFTER_SECONDS = "1";

    private RespondAsync() {}

    public static boolean isPreferredBy(ServerHttpRequest request) {
        return request.getHeaders().getOrEmpty("Prefer").stream()
                .map(RespondAsync::withoutQuoted)
                .flatMap(preferences -> Arrays.stream(preferences.split(",")))
                .map(preference -> preference.split("[;=]", 2)[0].strip().toLowerCase(Locale.ROOT))
                .anyMatch(PREFERENCE::equals);
    }

    /** What stands in quotes is a value, whatever it holds. */
    private static String withoutQuoted(String header) {
        StringBuilder outside = new StringBuilder();
        boolean isQuoted = false;
        for (int index = 0; index < header.length(); index++) {
            char character = header.charAt(index);
            if (character == '"') {
                isQuoted = !isQuoted;
            } else if (!isQuoted) {
                outside.append(character);
            } else if (character == '\\') {
                index++;
            }
        }
        return outside.toString();
    }

    /**
     * 202: it is going to be done.
     *
     * @param monitor where a GET tells how far it is
     * @param body the same as a GET of the monitor at this moment
     */
    public static <T> ResponseEntity<T> accepted(URI monitor, T body) {
        return ResponseEntity.accepted()
                .location(monitor)
                .header("Preference-Applied", PREFERENCE)
                .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                .body(body);
    }
}
