package io.sluice.kit.observation;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import reactor.util.context.ContextView;

/**
 * The place of a request in a trace (W3C Trace Context). Each process that works on it has a span of its own; those that it
 * asks get that span as their parent.
 *
 * @param traceId 32 hexadecimal digits: the same for all that one request at the edge has set going
 * @param spanId 16 hexadecimal digits: what this process does for it
 * @param parentId the span that asked; null when the trace begins here
 * @param isSampled whether whoever collects traces is to have it
 * @param state what other systems want to have passed on; null for nothing
 */
public record Trace(
        String traceId,
        String spanId,
        @Nullable String parentId,
        boolean isSampled,
        @Nullable String state) {

    public static final String PARENT_HEADER = "traceparent";
    public static final String STATE_HEADER = "tracestate";

    private static final String ATTRIBUTE = Trace.class.getName();

    /** A later version may say more behind what the first one says; none is called ff. */
    private static final Pattern PARENT = Pattern.compile(
            "(?!ff)(?<version>[0-9a-f]{2})-(?<trace>(?!0{32})[0-9a-f]{32})-(?<span>(?!0{16})[0-9a-f]{16})"
                    + "-(?<flags>[0-9a-f]{2})(?<more>-.*)?");

    private static final String FIRST_VERSION = "00";
    private static final int HEX = 16;
    private static final int SAMPLED = 1;

    /** As much as everybody has to pass on (§3.3.1.5). */
    private static final int LONGEST_STATE = 512;

    /** Goes on with the trace that the headers name; begins one when they name none, or not as the specification has it. */
    static Trace of(HttpHeaders headers, double sampling) {
        List<String> parents = headers.getOrEmpty(PARENT_HEADER);
        if (parents.size() == 1) {
            var parent = PARENT.matcher(parents.get(0).strip());
            boolean isRight = parent.matches()
                    && (parent.group("more") == null || !parent.group("version").equals(FIRST_VERSION));
            if (isRight) {
                boolean isSampled = (Integer.parseInt(parent.group("flags"), HEX) & SAMPLED) != 0;
                return new Trace(
                        parent.group("trace"),
                        spanId(ThreadLocalRandom.current()),
                        parent.group("span"),
                        isSampled,
                        state(headers));
            }
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        boolean isSampled = sampling > 0 && random.nextDouble() < sampling;
        return new Trace(spanId(random) + spanId(random), spanId(random), null, isSampled, null);
    }

    private static @Nullable String state(HttpHeaders headers) {
        List<String> lines = headers.getOrEmpty(STATE_HEADER);
        if (lines.isEmpty()) {
            return null;
        }
        String state = String.join(",", lines);
        return state.length() > LONGEST_STATE ? null : state;
    }

    /** Never zero, which means none. */
    private static String spanId(ThreadLocalRandom random) {
        return hex(random.nextLong(1, Long.MAX_VALUE));
    }

    private static String hex(long number) {
        String digits = Long.toHexString(number);
        return "0".repeat(HEX - digits.length()) + digits;
    }

    /** Of the request that is being worked on; null where none is. */
    public static @Nullable Trace of(ContextView context) {
        return context.getOrDefault(Trace.class, null);
    }

    /** Of that request; null before anybody has looked at it. */
    public static @Nullable Trace of(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }

    void noteIn(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }

    /** Says to whoever is asked for the sake of this request where it belongs. */
    public void tellIn(HttpHeaders headers) {
        headers.set(PARENT_HEADER, FIRST_VERSION + '-' + traceId + '-' + spanId + (isSampled ? "-01" : "-00"));
        if (state == null) {
            headers.remove(STATE_HEADER);
        } else {
            headers.set(STATE_HEADER, state);
        }
    }
}
