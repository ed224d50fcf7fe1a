package io.sluice.kit.paging;

import java.util.List;

/**
 * One page of a list (contract core §9.1).
 *
 * @param items the entries of this page, in order
 * @param totalItemsCount how many entries match in all
 * @param totalPagesCount how many pages of this size there are; 0 when the page size is 0
 * @param hasNextPage whether a further page holds something
 */
public record Page<T>(List<T> items, long totalItemsCount, long totalPagesCount, boolean hasNextPage) {

    public static <T> Page<T> of(List<T> items, long total, int page, int pageSize) {
        long pages = pageSize == 0 ? 0 : (total + pageSize - 1) / pageSize;
        return new Page<>(items, total, pages, pageSize > 0 && page + 1L < pages);
    }
}
