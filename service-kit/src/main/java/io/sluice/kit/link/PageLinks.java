package io.sluice.kit.link;

import io.sluice.kit.paging.Cursor;
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
 * The pages beside one: the first, the next when there is one, and the one before. Who counts pages, by {@code pageOffset},
 * is led on by numbers; all others by cursors where the list has them. All other parameters stay as they came.
 */
final class PageLinks {

    /** The parameter that says which page, counted from 0 (contract core §9.1). */
    static final String OFFSET = "pageOffset";

    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");

    private PageLinks() {}

    /** @param address of the list, without its query */
    static List<Link> of(Page<?> page, String address, ServerHttpRequest request) {
        String others = others(request.getURI().getRawQuery());
        Page.Beside beside = page.beside();
        return beside == null || request.getQueryParams().containsKey(OFFSET)
                ? counted(page, address, others, request.getQueryParams().getFirst(OFFSET))
                : led(beside, address, others);
    }

    private static List<Link> led(Page.Beside beside, String address, String others) {
        List<Link> links = new ArrayList<>();
        links.add(new Link(others.isEmpty() ? address : address + "?" + others, "first"));
        if (beside.before() != null) {
            links.add(new Link(at(address, others, Cursor.PARAMETER, beside.before()), "prev"));
        }
        if (beside.after() != null) {
            links.add(new Link(at(address, others, Cursor.PARAMETER, beside.after()), "next"));
        }
        return links;
    }

    private static List<Link> counted(Page<?> page, String address, String others, @Nullable String asked) {
        String number = asked == null || asked.isEmpty() ? "0" : asked;
        Long pages = page.totalPagesCount();
        if (!NUMBER.matcher(number).matches() || pages == null || pages == 0) {
            return List.of();
        }
        long offset = Long.parseLong(number);
        List<Link> links = new ArrayList<>();
        links.add(new Link(at(address, others, OFFSET, 0), "first"));
        if (offset > 0) {
            // Whoever is beyond the end is led back to the last page, not through all the empty ones.
            links.add(new Link(at(address, others, OFFSET, Math.min(offset, pages) - 1), "prev"));
        }
        if (page.hasNextPage()) {
            links.add(new Link(at(address, others, OFFSET, offset + 1), "next"));
        }
        return links;
    }

    private static String at(String address, String others, String parameter, Object place) {
        return address + "?" + (others.isEmpty() ? "" : others + "&") + parameter + "=" + place;
    }

    /** The parameters that do not say which page. */
    private static String others(@Nullable String query) {
        return query == null
                ? ""
                : Arrays.stream(query.split("&", -1))
                        .filter(parameter -> !parameter.isEmpty() && !isPlace(parameter))
                        .collect(Collectors.joining("&"));
    }

    private static boolean isPlace(String parameter) {
        String name = URLDecoder.decode(parameter.split("=", 2)[0], StandardCharsets.UTF_8);
        return name.equals(OFFSET) || name.equals(Cursor.PARAMETER);
    }
}
