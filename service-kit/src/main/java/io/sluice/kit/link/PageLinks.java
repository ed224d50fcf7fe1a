package io.sluice.kit.link;

import io.sluice.kit.paging.Page;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * The pages beside one that was asked for by {@code pageOffset}: the first, the next when there is one, and the one
 * before. All other parameters stay as they came.
 */
final class PageLinks {

    /** The parameter that says which page, counted from 0 (contract core §9.1). */
    static final String OFFSET = "pageOffset";

    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");

    private PageLinks() {}

    /** @param address of the list, without its query */
    static List<Link> of(Page<?> page, String address, ServerHttpRequest request) {
        String asked = request.getQueryParams().getFirst(OFFSET);
        if (asked == null || asked.isEmpty()) {
            asked = "0";
        }
        if (!NUMBER.matcher(asked).matches() || page.totalPagesCount() == 0) {
            return List.of();
        }
        long offset = Long.parseLong(asked);
        String others = withoutOffset(request.getURI().getRawQuery());
        List<Link> links = new ArrayList<>();
        links.add(new Link(at(address, others, 0), "first"));
        if (offset > 0) {
            // Whoever is beyond the end is led back to the last page, not through all the empty ones.
            links.add(new Link(at(address, others, Math.min(offset, page.totalPagesCount()) - 1), "prev"));
        }
        if (page.hasNextPage()) {
            links.add(new Link(at(address, others, offset + 1), "next"));
        }
        return links;
    }

    private static String at(String address, String others, long offset) {
        return address + "?" + (others.isEmpty() ? "" : others + "&") + OFFSET + "=" + offset;
    }

    private static String withoutOffset(@Nullable String query) {
        return query == null
                ? ""
                : Arrays.stream(query.split("&", -1))
                        .filter(parameter -> !parameter.isEmpty() && !isOffset(parameter))
                        .collect(Collectors.joining("&"));
    }

    private static boolean isOffset(String parameter) {
        String name = parameter.split("=", 2)[0];
        return URLDecoder.decode(name, StandardCharsets.UTF_8).equals(OFFSET);
    }
}
