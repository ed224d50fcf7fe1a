package io.sluice.kit.paging;

import io.sluice.kit.error.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A place in a list that is sorted by a key that each entry has for itself. Whoever goes on from there sees every entry
 * that stays once, whatever comes and goes meanwhile, at the same cost however far in. To clients it is opaque: they get
 * it in a link.
 *
 * @param key of the entry beside which the page is
 * @param isAfter whether the page is after that entry, else before
 */
public record Cursor(String key, boolean isAfter) {

    /** The parameter that it comes in. */
    public static final String PARAMETER = "cursor";

    private static final int LONGEST = 1_024;
    private static final char AFTER = '>';
    private static final char BEFORE = '<';

    /** @throws org.springframework.web.ErrorResponseException when it was not made here */
    public static Cursor parse(String text) {
        try {
            String plain = text.length() > LONGEST
                    ? ""
                    : new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            if (plain.length() > 1 && (plain.charAt(0) == AFTER || plain.charAt(0) == BEFORE)) {
                return new Cursor(plain.substring(1), plain.charAt(0) == AFTER);
            }
        } catch (IllegalArgumentException notBase64) {
            // Told below.
        }
        throw Problem.VALIDATION_FAILED.at(PARAMETER, "must be that of a link of the list; without it the list begins");
    }

    /** As it stands in a link. */
    @Override
    public String toString() {
        byte[] plain = ((isAfter ? AFTER : BEFORE) + key).getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain);
    }

    /**
     * The page there. Nothing is counted, so it has no totals.
     *
     * @param found what comes after the place, or before it and then backwards; one more than a page has, if there is
     * @param keyOf what the list is sorted by
     */
    public <T> Page<T> page(List<T> found, int pageSize, Function<T, String> keyOf) {
        boolean hasMore = found.size() > pageSize;
        List<T> items = new ArrayList<>(found.subList(0, Math.min(found.size(), pageSize)));
        if (!isAfter) {
            Collections.reverse(items);
        }
        if (items.isEmpty()) {
            return new Page<>(items, null, null, !isAfter, new Page.Beside(null, null));
        }
        Cursor before = new Cursor(keyOf.apply(items.get(0)), false);
        Cursor after = new Cursor(keyOf.apply(items.get(items.size() - 1)), true);
        boolean hasNext = !isAfter || hasMore;
        return new Page<>(
                items,
                null,
                null,
                hasNext,
                new Page.Beside(isAfter || hasMore ? before : null, hasNext ? after : null));
    }

    /** Where the page goes on that begins a list; null when it does not. */
    public static <T> Page.@Nullable Beside atBegin(Page<T> page, Function<T, String> keyOf) {
        return page.hasNextPage() && !page.items().isEmpty()
                ? new Page.Beside(
                        null,
                        new Cursor(keyOf.apply(page.items().get(page.items().size() - 1)), true))
                : null;
    }
}
