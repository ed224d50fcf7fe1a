package io.sluice.itemservice.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.testing.Reply;
import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MovableClock;
import io.sluice.kit.testing.OnMongo;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@OnMongo(Database.MONGOD)
class AnnotationMongodIT extends AnnotationContract {

    private static final int MANY = 100_000;
    private static final int AT_ONCE = 10_000;

    @Autowired
    private Annotations annotations;

    @Test
    void keepsAHundredThousandAnnotationsOfOneItem() {
        String dataset = newDataset();
        String item = owner().upload(dataset, "/many.jpg", "many").id();
        String path = "/api/v1/items/" + item + "/annotations";
        String some =
                "[" + String.join(",", Collections.nCopies(AT_ONCE, "{\"type\":\"class\",\"label\":\"x\"}")) + "]";
        for (int stored = AT_ONCE; stored < MANY; stored += AT_ONCE) {
            annotations.insert(many(item, dataset)).block(Duration.ofSeconds(60));
        }

        Reply tooMany = owner().post(path, "[{}," + some.substring(1));
        Reply made = owner().post(path, some);
        Map<String, Object> last =
                Map.of("resource", "annotations", "filter", Map.of("itemId", item), "pageSize", 1_000, "page", 99);
        Reply page = owner().query(dataset, last);
        Reply all = owner().get(path);
        owner().upload(dataset, "/none.jpg", "none");
        Reply joined = owner().query(
                        dataset,
                        Map.of("filter", Map.of("type", "file"), "join", Map.of("filter", Map.of("label", "x"))));

        assertThat(tooMany.status()).isEqualTo(413);
        assertThat(tooMany.at("/detail").asString()).contains("10000");
        assertThat(made.json()).hasSize(AT_ONCE);
        assertThat(page.at("/totalItemsCount").asInt()).isEqualTo(MANY);
        assertThat(page.at("/items")).hasSize(1_000);
        assertThat(all.json()).hasSize(MANY);
        assertThat(joined.at("/items")).hasSize(1);
        assertThat(joined.at("/items/0/id").asString()).isEqualTo(item);
        assertThat(owner().get("/api/v1/items/" + item).at("/annotationsCount").asInt())
                .isEqualTo(MANY);
        assertThat(owner().delete("/api/v1/items/" + item).status()).isLessThan(300);
        assertThat(owner().query(dataset, last).at("/totalItemsCount").asInt()).isZero();
    }

    private static List<Annotation> many(String item, String dataset) {
        AnnotationContent content = AnnotationContent.parse(Map.of("type", "class", "label", "x"), "");
        AnnotatedItems.AnnotatedItem annotated = new AnnotatedItems.AnnotatedItem(item, dataset, false);
        return Stream.generate(() -> Annotation.of(annotated, content, "me@example.org", new MovableClock().instant()))
                .limit(AT_ONCE)
                .toList();
    }
}
