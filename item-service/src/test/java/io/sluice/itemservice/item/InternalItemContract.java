package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the model-service asks of the items. */
abstract class InternalItemContract extends RunningItemService {

    private static final String MODEL = "6b0183990000000000002001";

    private static Map<String, Object> found(String itemId, String... labels) {
        List<Map<String, Object>> annotations = List.of(labels).stream()
                .map(label -> Map.<String, Object>of(
                        "type",
                        "class",
                        "label",
                        label,
                        "metadata",
                        Map.of("user", Map.of("model", Map.of("model_id", MODEL)))))
                .toList();
        return Map.of("itemId", itemId, "annotations", annotations);
    }

    private Reply keep(String execution, List<Map<String, Object>> items) {
        return service()
                .post(
                        "/internal/items/annotations",
                        Map.of(
                                "creator", "owner@example.org",
                                "modelId", MODEL,
                                "executionId", execution,
                                "items", items));
    }

    private List<String> labels(String itemId) {
        JsonNode annotations =
                owner().get("/api/v1/items/" + itemId + "/annotations").json();
        return annotations
                .valueStream()
                .map(annotation -> annotation.path("label").asString())
                .toList();
    }

    @Test
    void findingsTakeThePlaceOfThoseOfTheModelBefore() {
        String item = owner().upload(newDataset(), "/a.txt", "a").id();

        keep("first", List.of(found(item, "ewe", "ram")));
        Reply kept = keep("second", List.of(found(item, "lamb")));

        assertThat(kept.status()).isEqualTo(200);
        assertThat(kept.json().path("refused")).isEmpty();
        assertThat(labels(item)).containsExactly("lamb");
    }

    @Test
    void anItemWithALabelThatItsDatasetDoesNotTakeStaysAsItIs() {
        String strict = newDataset();
        takesOnly(strict, "ewe", "ram");
        String good = owner().upload(strict, "/good.txt", "a").id();
        String wrong = owner().upload(strict, "/wrong.txt", "b").id();
        String free = owner().upload(newDataset(), "/free.txt", "c").id();
        keep("first", List.of(found(wrong, "ram")));

        Reply kept =
                keep("second", List.of(found(good, "ewe"), found(wrong, "ewe", "goat", "wolf"), found(free, "goat")));

        assertThat(kept.status()).isEqualTo(200);
        assertThat(kept.json().path("refused").toString())
                .isEqualTo("[{\"itemId\":\"" + wrong + "\",\"label\":\"goat\"}]");
        assertThat(labels(good)).containsExactly("ewe");
        assertThat(labels(wrong)).containsExactly("ram");
        assertThat(labels(free)).containsExactly("goat");
    }

    @Test
    void isForServicesOnly() {
        assertThat(owner().post("/internal/items/annotations", Map.of()).status())
                .isEqualTo(403);
    }
}
