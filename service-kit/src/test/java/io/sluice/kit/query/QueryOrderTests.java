package io.sluice.kit.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.query.FieldMapping.Field;
import io.sluice.kit.query.FieldMapping.Type;
import io.sluice.kit.query.Query.SortKey;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.Test;

class QueryOrderTests {

    private final MongoFilter filter = new MongoFilter(path -> switch (path) {
        case "id" -> new Field("_id", Type.ID);
        case "name" -> new Field("name", Type.JSON);
        default -> null;
    });

    @Test
    void endsInTheIdSoThatEqualsKeepTheirPlaces() {
        assertThat(filter.order(List.of(new SortKey("name", false))))
                .isEqualTo(new Document("name", -1).append("_id", 1));
    }

    @Test
    void goesDownByIdWhenThatIsAskedFor() {
        assertThat(filter.order(List.of(new SortKey("id", false)))).isEqualTo(new Document("_id", -1));
    }

    @Test
    void takesTheFirstWordOnAField() {
        assertThat(filter.order(List.of(new SortKey("id", false), new SortKey("name", true), new SortKey("id", true))))
                .isEqualTo(new Document("_id", -1).append("name", 1));
    }

    @Test
    void leavesOutWhatNoDocumentHas() {
        assertThat(filter.order(List.of(new SortKey("nothing", true)))).isEqualTo(new Document("_id", 1));
    }
}
