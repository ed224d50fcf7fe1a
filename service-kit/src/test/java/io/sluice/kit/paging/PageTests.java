package io.sluice.kit.paging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class PageTests {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 100, 0, false",
        "1, 0, 100, 1, false",
        "100, 0, 100, 1, false",
        "101, 0, 100, 2, true",
        "101, 1, 100, 2, false",
        "11, 2, 3, 4, true",
        "11, 3, 3, 4, false",
        "11, 4, 3, 4, false",
        "11, 2147483647, 1000, 1, false",
        "5000000000, 0, 1000, 5000000, true",
    })
    void countsThePagesAndKnowsTheLast(long total, int page, int pageSize, long pages, boolean hasNext) {
        Page<String> counted = Page.of(List.of(), total, page, pageSize);

        assertThat(counted.totalItemsCount()).isEqualTo(total);
        assertThat(counted.totalPagesCount()).isEqualTo(pages);
        assertThat(counted.hasNextPage()).isEqualTo(hasNext);
    }

    @Test
    void onlyCountsWhenThePageIsEmptyByWish() {
        Page<String> count = Page.of(List.of(), 7, 0, 0);

        assertThat(count).isEqualTo(new Page<>(List.of(), 7L, 0L, false, null));
    }

    @Test
    void isWordedAsThePublishedApiWordsIt() {
        String json = JsonMapper.builder().build().writeValueAsString(Page.of(List.of("a", "b"), 3, 0, 2));

        assertThat(JsonMapper.builder().build().readTree(json))
                .isEqualTo(
                        JsonMapper.builder()
                                .build()
                                .readTree(
                                        "{\"items\":[\"a\",\"b\"],\"totalItemsCount\":3,\"totalPagesCount\":2,\"hasNextPage\":true}"));
    }
}
