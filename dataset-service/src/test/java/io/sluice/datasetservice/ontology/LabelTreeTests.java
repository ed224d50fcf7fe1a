package io.sluice.datasetservice.ontology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelTreeTests {

    private static List<Label> upserted(List<Label> before, Object... nodes) {
        LabelTree tree = LabelTree.of(before);
        tree.upsert("labelsNode", List.of(nodes), true);
        return tree.labels();
    }

    private static List<String> paths(List<Label> labels) {
        return labels.stream().map(Label::path).toList();
    }

    private static @Nullable Object member(List<Label> labels, String path, String name) {
        return labels.stream()
                .filter(label -> label.path().equals(path))
                .findFirst()
                .orElseThrow()
                .value()
                .members()
                .get(name);
    }

    @Test
    void makesWhatIsMissingAbove() {
        List<Label> labels = upserted(List.of(), Map.of("tag", "vehicle.truck.big", "color", "#FF0000"));

        assertThat(paths(labels)).containsExactly("vehicle", "vehicle.truck", "vehicle.truck.big");
        assertThat(member(labels, "vehicle.truck.big", "tag")).isEqualTo("big");
        assertThat(member(labels, "vehicle.truck.big", "color")).isEqualTo("#ff0000");
        assertThat(String.valueOf(member(labels, "vehicle", "color"))).matches("#[0-9a-f]{6}");
    }

    @Test
    void keepsWhatANodeDoesNotSay() {
        Map<String, Object> icon = Map.of("displayImage", Map.of("itemId", "1", "datasetId", "2"));
        List<Label> before = upserted(
                List.of(),
                Map.of("tag", "a", "color", "#010203", "displayData", icon, "attributes", List.of("x"), "own", 5));
        Map<String, @Nullable Object> node = new HashMap<>(Map.of("tag", "a", "displayData", Map.of()));
        node.put("displayLabel", null);

        List<Label> after = upserted(before, node);

        assertThat(after).isEqualTo(before);
        assertThat(member(after, "a", "displayData")).isEqualTo(icon);
        assertThat(member(after, "a", "own")).isEqualTo(5);
    }

    @Test
    void replacesTheWholeTreeAndKeepsTheIdsOfWhatStays() {
        List<Label> before = upserted(List.of(), Map.of("tag", "a.b"), Map.of("tag", "c"));

        List<Label> after = LabelTree.replacing(
                        before,
                        "roots",
                        List.of(
                                Map.of("value", Map.of("tag", "d"), "children", List.of()),
                                Map.of("value", Map.of("tag", "a"), "children", List.of(Map.of("tag", "b")))))
                .labels();

        assertThat(paths(after)).containsExactly("d", "a", "a.b");
        assertThat(after.subList(1, 3)).isEqualTo(before.subList(0, 2));
    }

    @Test
    void nestsThemAsTheyWere() {
        List<Label> labels = upserted(List.of(), Map.of("tag", "a.b"), Map.of("tag", "c"), Map.of("tag", "a.d"));

        assertThat(LabelTree.roots(labels).toString())
                .isEqualTo(LabelTree.roots(LabelTree.replacing(labels, "roots", members(labels))
                                .labels())
                        .toString());
        assertThat(members(labels)).hasSize(2);
    }

    private static List<?> members(List<Label> labels) {
        return LabelTree.roots(labels).stream().map(root -> root.members()).toList();
    }

    @Test
    void renamesALabelWithAllBelowIt() {
        LabelTree tree = LabelTree.of(upserted(List.of(), Map.of("tag", "a.b.c"), Map.of("tag", "ab")));
        String id = tree.labels().get(0).id();

        tree.update(List.of(Map.of("id", id, "tag", "z", "color", "#000000")));

        assertThat(paths(tree.labels())).containsExactly("z", "z.b", "z.b.c", "ab");
        assertThat(member(tree.labels(), "z", "tag")).isEqualTo("z");
        assertThat(tree.labels().get(0).id()).isEqualTo(id);
        refused(() -> tree.update(List.of(Map.of("id", id, "tag", "ab"))), "[0].tag");
        refused(() -> tree.update(List.of(Map.of("id", id, "tag", "x.y"))), "[0].tag");
        refused(() -> tree.update(List.of(Map.of("id", "nobody"))), "[0].id");
    }

    @Test
    void removesALabelWithAllBelowIt() {
        LabelTree tree = LabelTree.of(upserted(List.of(), Map.of("tag", "a.b"), Map.of("tag", "ab")));

        assertThat(tree.remove(tree.labels().get(0).id())).isTrue();

        assertThat(paths(tree.labels())).containsExactly("ab");
        assertThat(tree.remove("nobody")).isFalse();
    }

    @Test
    void refusesWhatIsMissingWhenNothingIsToBeMade() {
        LabelTree tree = LabelTree.of(List.of());

        refused(() -> tree.upsert("labelsNode", List.of(Map.of("tag", "a")), false), "labelsNode[0].tag");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".", "a.", ".a", "a..b", "a. .b", "a\u0007"})
    void refusesTagsWithNothingBetweenDots(String tag) {
        refused(() -> upserted(List.of(), Map.of("tag", tag)), "labelsNode[0].tag");
    }

    @Test
    void takesTagsOfAnyLanguageWithSlashes() {
        assertThat(paths(upserted(List.of(), Map.of("tag", "🐑/羊.Schaf – groß"))))
                .containsExactly("🐑/羊", "🐑/羊.Schaf – groß");
    }

    @Test
    void boundsDepthLengthAndNumber() {
        String deepest = String.join(".", Collections.nCopies(LabelTree.DEEPEST, "a"));
        assertThat(upserted(List.of(), Map.of("tag", deepest))).hasSize(LabelTree.DEEPEST);
        refused(() -> upserted(List.of(), Map.of("tag", deepest + ".a")), "labelsNode[0].tag");
        refused(() -> upserted(List.of(), Map.of("tag", "a".repeat(LabelTree.LONGEST_PATH + 1))), "labelsNode[0].tag");
        List<Label> full = LabelTree.replacing(
                        List.of(),
                        "roots",
                        IntStream.range(0, LabelTree.MOST)
                                .mapToObj(number -> Map.of("tag", "l" + number))
                                .toList())
                .labels();
        refused(() -> upserted(full, Map.of("tag", "more")), "labelsNode[0]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"#ABCDEF|#abcdef", "#fff|#ffffff", "'rgb(1, 2,255)'|#0102ff"})
    void showsColoursInOneForm(String given, String shown) {
        assertThat(LabelColor.of("color", given)).isEqualTo(shown);
    }

    @Test
    void takesColoursAsNumbers() {
        assertThat(LabelColor.of("color", List.of(0, 16, 255))).isEqualTo("#0010ff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"red", "#ff", "#gggggg", "rgb(1,2,256)", "rgb(1,2)", ""})
    void refusesOtherColours(String given) {
        refused(() -> upserted(List.of(), Map.of("tag", "a", "color", given)), "labelsNode[0].color");
    }

    private static AbstractThrowableAssert<?, ?> refused(Runnable change, String field) {
        return assertThatThrownBy(change::run).hasMessageContaining(field + ":");
    }
}
