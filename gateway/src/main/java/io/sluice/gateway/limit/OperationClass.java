package io.sluice.gateway.limit;

import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Requests that cost about the same, and so share a limit. */
enum OperationClass {
    READ("Requests that change nothing, queries among them, of a user, or of an address without a token"),
    WRITE("Requests that may change something, of a user, or of an address without a token"),
    UPLOAD("Uploads, of one file or of many, of a user"),
    SIGN_IN("Attempts to get a token, of an address");

    private static final List<PathPattern> QUERIES =
            patterns("/api/v1/*/query", "/api/v1/*/*/query", "/api/v1/datasets/*/items/bulk/check");
    private static final List<PathPattern> UPLOADS =
            patterns("/api/v1/datasets/*/items", "/api/v1/datasets/*/items/bulk");
    private static final List<PathPattern> SIGN_INS = patterns("/token", "/login", "/oauth2/**");

    private final String about;

    OperationClass(String about) {
        this.about = about;
    }

    /** Which requests it has, and whose are counted together, for people. */
    String about() {
        return about;
    }

    /** The name in the {@code RateLimit} headers. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static OperationClass of(ServerHttpRequest request) {
        PathContainer path = request.getPath().pathWithinApplication();
        HttpMethod method = request.getMethod();
        if (method == HttpMethod.GET || method == HttpMethod.HEAD || method == HttpMethod.OPTIONS) {
            return READ;
        }
        if (matches(SIGN_INS, path)) {
            return SIGN_IN;
        }
        if (method != HttpMethod.POST) {
            return WRITE;
        }
        if (matches(UPLOADS, path)) {
            return UPLOAD;
        }
        return matches(QUERIES, path) ? READ : WRITE;
    }

    private static boolean matches(List<PathPattern> patterns, PathContainer path) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(path));
    }

    private static List<PathPattern> patterns(String... patterns) {
        return List.of(patterns).stream()
                .map(PathPatternParser.defaultInstance::parse)
                .toList();
    }
}
