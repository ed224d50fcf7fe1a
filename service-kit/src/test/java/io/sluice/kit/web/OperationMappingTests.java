package io.sluice.kit.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperationMappingTests {

    @ParameterizedTest
    @CsvSource(textBlock = """
            /api/v1/items/{itemId},           /api/v1/items
            /api/v1/items/{itemId}/stream,    /api/v1/items
            /api/v1/items/{*rest},            /api/v1/items
            /api/v1/files/a-{name}.txt,       /api/v1/files
            /internal/**,                     /internal
            /api/v1/datasets,                 /api/v1/datasets
            /api/v1/datasets/,                /api/v1/datasets
            /{whatever},                      ''
            /,                                ''
            '',                               ''
            """)
    void takesTheSegmentsBeforeTheFirstThatMayDiffer(String pattern, String beginning) {
        assertThat(OperationMapping.beginningOf(pattern)).isEqualTo(beginning);
    }
}
