package io.sluice.datasetservice.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetTests {

    private static final String PROJECT = "6b0183990000000000001001";
    private static final Dataset DATASET =
            Dataset.of(PROJECT, "sheep", "ann@example.org", Instant.parse("2026-11-21T08:00:00Z"));

    @ParameterizedTest
    @ValueSource(strings = {"sheep", "a/b", "größe", "数据", "a'b\"c", " x "})
    void takesAnyPrintableName(String name) {
        assertThat(Dataset.checkedName(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb", "a\0b", "a\u0085b"})
    void refusesEmptyNamesAndControlCharacters(String name) {
        assertThatThrownBy(() -> Dataset.checkedName(name)).hasMessageContaining("name");
    }

    @Test
    void refusesAnOverlongName() {
        assertThat(Dataset.checkedName("x".repeat(250))).hasSize(250);
        assertThatThrownBy(() -> Dataset.checkedName("x".repeat(251))).hasMessageContaining("250");
    }

    @Test
    void beginsWithoutRecipes() {
        assertThat(DATASET.recipeIds()).isEmpty();
    }

    @Test
    void findsItsRecipesInWhateverAClientHasWritten() {
        assertThat(withRecipes(List.of("a", "b")).recipeIds()).containsExactly("a", "b");
        assertThat(withRecipes(Arrays.asList("a", null, 5)).recipeIds()).containsExactly("a");
        assertThat(withRecipes("a").recipeIds()).isEmpty();
        assertThat(withRecipes(Map.of()).recipeIds()).isEmpty();
    }

    private static Dataset withRecipes(Object recipes) {
        JsonObject metadata = new JsonObject(Map.of("system", Map.of("recipes", recipes)));
        return DATASET.edited("sheep", metadata, null, "ann@example.org", DATASET.createdAt());
    }
}
