package io.sluice.kit.paging;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list (contract core §9.1).
 *
 * @param items the entries of this page, in order
 * @param totalItemsCount how many entries match in all; left out of a page that was asked for by a cursor, where nothing is
 *     counted
 * @param totalPagesCount how many pages of this size there are; 0 when the page size is 0; left out as well
 * @param hasNextPage whether a further page holds something
 * @param beside the pages beside it, for its links; null when they are found by counting
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Page<T>(
        List<T> items,
        @Nullable Long totalItemsCount,
        @Nullable Long totalPagesCount,
        boolean hasNextPage,

        @JsonIgnore @Schema(hidden = true) @Nullable Beside beside) {

    /** As many entries as a page has when nobody says how many. */
    public static final int DEFAULT_SIZE = 100;

    /** As many entries as a page may have. */
    public static final int LARGEST_SIZE = 1_000;

    /** The pages before and after one; null when there is none. */
    public record Beside(@Nullable Cursor before, @Nullable Cursor after) {}

    public static <T> Page<T> of(List<T> items, long total, int page, int pageSize) {
        long pages = pageSize == 0 ? 0 : (total + pageSize - 1) / pageSize;
        return new Page<>(items, total, pages, pageSize > 0 && page + 1L < pages, null);
    }

    /** The page with its entries shown in another way. */
    public <V> Page<V> map(Function<T, V> view) {
        return new Page<>(items.stream().map(view).toList(), totalItemsCount, totalPagesCount, hasNextPage, beside);
    }

    /** The page that begins a list sorted by that key: it can be gone on from by a cursor. */
    public Page<T> beginning(Function<T, String> keyOf) {
        return new Page<>(items, totalItemsCount, totalPagesCount, hasNextPage, Cursor.atBegin(this, keyOf));
    }
}
