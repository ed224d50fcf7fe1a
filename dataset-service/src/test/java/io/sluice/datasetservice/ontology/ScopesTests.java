package io.sluice.datasetservice.ontology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScopesTests {

    private static final List<Label> LABELS = LabelTree.replacing(
                    List.of(), "roots", List.of(Map.of("tag", "a.b.c"), Map.of("tag", "ab"), Map.of("tag", "d")))
            .labels();

    private static final Scopes SCOPES = new Scopes(LABELS);

    private static String id(String path) {
        return LABELS.stream()
                .filter(label -> label.path().equals(path))
                .findFirst()
                .orElseThrow()
                .id();
    }

    private static JsonObject scope(List<String> subtrees, List<String> labelIds) {
        return JsonObject.EMPTY.with(Scopes.SUBTREES, subtrees).with(Scopes.LABEL_IDS, labelIds);
    }

    @Test
    void namesATreeByAllItsPathsOnce() {
        List<String> paths =
                SCOPES.paths(scope(List.of(id("a.b"), id("a"), "gone"), List.of(id("d"), id("a"), "gone")));

        assertThat(paths).containsExactlyInAnyOrder("a", "a.b", "a.b.c", "d");
    }

    @Test
    void namesPathsByTheirIds() {
        assertThat(SCOPES.ids(List.of("a.b", "gone", "d"))).isEqualTo(scope(List.of(), List.of(id("a.b"), id("d"))));
    }

    @Test
    void staysForAllLabelsAlsoThoseToCome() {
        Map<String, Object> byId = Map.of("key", "k", "type", "boolean", "scope", Map.of("subtrees", List.of("*")));

        Attribute attribute = Attribute.of("attribute", byId, null);

        assertThat(attribute.byPath(SCOPES).members()).containsEntry("scope", List.of("*"));
        assertThat(attribute.byId(SCOPES)).isEqualTo(scope(List.of("*"), List.of()));
    }

    @Test
    void countsTowardsTheSizeAsShown() {
        Ontology tree = Ontology.empty("t", "a@b.c", List.of("p"), true, Instant.EPOCH)
                .withLabels(LabelTree.replacing(
                                List.of(),
                                "roots",
                                IntStream.range(0, 2_000)
                                        .mapToObj(number -> Map.of("tag", "a.label" + number))
                                        .toList())
                        .labels());
        Map<String, Object> scope =
                Map.of("subtrees", List.of(tree.labels().get(0).id()));
        Ontology one =
                tree.with(Attribute.of("attribute", Map.of("key", "k", "type", "boolean", "scope", scope), null));
        Ontology many = tree.withSections(IntStream.range(0, 1_000)
                .mapToObj(number ->
                        Attribute.of("attribute", Map.of("key", "k" + number, "type", "boolean", "scope", scope), null))
                .toList());

        assertThat(one.checked()).isSameAs(one);
        assertThatThrownBy(many::checked).hasMessageContaining("ontology: may have at most");
    }
}
