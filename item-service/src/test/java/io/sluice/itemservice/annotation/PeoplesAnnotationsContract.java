package io.sluice.itemservice.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the model-service compares models with. */
abstract class PeoplesAnnotationsContract extends RunningItemService {

    private static final String PATH = "/internal/items/annotations/of-people";
    private static final Map<String, Object> OF_MODEL =
            Map.of("user", Map.of("model", Map.of("name", "m", "model_id", "1", "confidence", 0.9)));

    private final String datasetId = newDataset();

    private String annotated(String path, Object... annotations) {
        String itemId = owner().upload(datasetId, path, "1").id();
        for (Object annotation : annotations) {
            assertThat(owner().post("/api/v1/items/" + itemId + "/annotations", annotation)
                            .status())
                    .isLessThan(300);
        }
        return itemId;
    }

    private static Map<String, Object> ofClass(String label) {
        return Map.of("type", "class", "label", label);
    }

    @Test
    void areThoseOfTheItemsAndTypesThatNoModelHasMade() {
        Map<String, Object> box =
                Map.of("type", "box", "label", "sheep", "coordinates", List.of(point(0, 1), point(2, 3)));
        String one = annotated(
                "/one.txt", ofClass("red"), Map.of("type", "class", "label", "green", "metadata", OF_MODEL), box);
        annotated("/two.txt", ofClass("blue"));

        Reply classes = service().post(PATH, Map.of("itemIds", List.of(one), "types", List.of("class")));
        Reply boxes = service().post(PATH, Map.of("itemIds", List.of(one), "types", List.of("box", "segment")));

        assertThat(classes.json()).hasSize(1);
        assertThat(classes.at("/0/itemId").asString()).isEqualTo(one);
        assertThat(classes.at("/0/label").asString()).isEqualTo("red");
        assertThat(boxes.json()).hasSize(1);
        assertThat(boxes.at("/0/coordinates/1/y").asInt()).isEqualTo(3);
    }

    private static Map<String, Object> point(int x, int y) {
        return Map.of("x", x, "y", y);
    }

    @Test
    void areThoseOfModelsFromTheTimeThatSomebodyHasChangedThem() {
        String item = annotated("/one.txt", Map.of("type", "class", "label", "green", "metadata", OF_MODEL));
        Map<String, Object> wanted = Map.of("itemIds", List.of(item), "types", List.of("class"));
        String annotation = owner().get("/api/v1/items/" + item + "/annotations")
                .at("/0/id")
                .asString();
        assertThat(service().post(PATH, wanted).json()).isEmpty();

        owner().put("/api/v1/annotations/" + annotation, Map.of("label", "red"));

        assertThat(service().post(PATH, wanted).at("/0/label").asString()).isEqualTo("red");
    }

    @Test
    void areForServicesOnly() {
        Map<String, Object> wanted = Map.of("itemIds", List.of(), "types", List.of("class"));

        assertThat(nobody().post(PATH, wanted).status()).isEqualTo(401);
        assertThat(owner().post(PATH, wanted).status()).isEqualTo(403);
        assertThat(service().post(PATH, wanted).status()).isEqualTo(200);
    }
}
