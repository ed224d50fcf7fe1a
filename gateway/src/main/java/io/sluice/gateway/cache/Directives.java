package io.sluice.gateway.cache;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/**
 * What {@code Cache-Control} says (RFC 9111 §5.2).
 *
 * @param arguments by the name of the directive in lower case; of one that comes twice the first
 */
record Directives(Map<String, String> arguments) {

    private static final Pattern DIRECTIVE =
            Pattern.compile("([\\w!#$%&'*+.^`|~-]++)(?:\\s*+=\\s*+(?:\"([^\"]*+)\"|([^,\\s\"]*+)))?");

    private static final String NO_CACHE = "no-cache";
    private static final String NO_STORE = "no-store";
    private static final Duration LONGEST = Duration.ofDays(365);

    static Directives of(HttpHeaders headers) {
        List<String> lines = headers.getOrEmpty(HttpHeaders.CACHE_CONTROL);
        if (lines.isEmpty()) {
            // What HTTP/1.0 knows (RFC 9111 §5.4).
            boolean isPragma =
                    headers.getOrEmpty(HttpHeaders.PRAGMA).stream().anyMatch(said -> said.contains(NO_CACHE));
            return new Directives(isPragma ? Map.of(NO_CACHE, "") : Map.of());
        }
        String all = String.join(",", lines);
        if (all.chars().filter(character -> character == '"').count() % 2 != 0) {
            // Nobody knows what is a directive there and what an argument.
            return new Directives(Map.of(NO_STORE, ""));
        }
        Map<String, String> arguments = new HashMap<>();
        Matcher directive = DIRECTIVE.matcher(all);
        while (directive.find()) {
            String argument = Optional.ofNullable(directive.group(2))
                    .or(() -> Optional.ofNullable(directive.group(3)))
                    .orElse("");
            arguments.putIfAbsent(directive.group(1).toLowerCase(Locale.ROOT), argument);
        }
        return new Directives(arguments);
    }

    boolean has(String name) {
        return arguments.containsKey(name);
    }

    boolean mayBeStored() {
        return !has(NO_STORE);
    }

    /** Empty without such a directive; nothing for one that cannot be read. */
    Optional<Duration> duration(String name) {
        return Optional.ofNullable(arguments.get(name)).map(Directives::seconds);
    }

    private static Duration seconds(String digits) {
        if (digits.isEmpty() || !digits.chars().allMatch(character -> character >= '0' && character <= '9')) {
            return Duration.ZERO;
        }
        return digits.length() > 9 ? LONGEST : Duration.ofSeconds(Long.parseLong(digits));
    }
}
