package io.sluice.kit.web;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Finds the operation of a request sooner. Those whose path has a variable are tried one by one, all conditions of each;
 * the paths of most begin with other words than that of the request.
 */
public class OperationMapping extends RequestMappingHandlerMapping {

    private final Map<RequestMappingInfo, List<String>> beginnings = new ConcurrentHashMap<>();

    @Override
    protected @Nullable RequestMappingInfo getMatchingMapping(
            RequestMappingInfo operation, ServerWebExchange exchange) {
        String path = exchange.getRequest().getPath().pathWithinApplication().value();
        // A character may be spelled in another way, and a segment may have parameters.
        boolean isPlain = path.indexOf('%') < 0 && path.indexOf(';') < 0;
        return isPlain && !mayMatch(operation, path) ? null : super.getMatchingMapping(operation, exchange);
    }

    private boolean mayMatch(RequestMappingInfo operation, String path) {
        for (String beginning : beginnings.computeIfAbsent(operation, OperationMapping::beginningsOf)) {
            if (path.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> beginningsOf(RequestMappingInfo operation) {
        return operation.getPatternsCondition().getPatterns().stream()
                .map(PathPattern::getPatternString)
                .map(OperationMapping::beginningOf)
                .toList();
    }

    /** All whole segments before the first that may differ from its pattern; the slash behind them may be missing. */
    static String beginningOf(String pattern) {
        int end = 0;
        while (end < pattern.length() && "{*?\\".indexOf(pattern.charAt(end)) < 0) {
            end++;
        }
        return end == pattern.length()
                ? withoutSlash(pattern)
                : pattern.substring(0, Math.max(0, pattern.lastIndexOf('/', end)));
    }

    private static String withoutSlash(String pattern) {
        return pattern.endsWith("/") ? pattern.substring(0, pattern.length() - 1) : pattern;
    }
}
