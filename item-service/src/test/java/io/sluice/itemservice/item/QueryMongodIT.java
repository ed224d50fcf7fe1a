package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.testing.Reply;
import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;
import java.util.Map;
import org.junit.jupiter.api.Test;

@OnMongo(Database.MONGOD)
class QueryMongodIT extends QueryContract {

    /** The embedded database sends a whole page at once, and the driver refuses what is larger than 48 MB. */
    @Test
    void refusesAPageThatDoesNotFitIntoTheMemory() {
        String heavy = newDataset();
        String text = "x".repeat(6_000_000);
        for (int number = 0; number < 12; number++) {
            String itemId = owner().upload(heavy, "/" + number, "x").id();
            owner().patch("/api/v1/items/" + itemId, Map.of("metadata", Map.of("user", Map.of("t", text))));
        }

        Reply all = owner().query(heavy, Map.of());
        Reply some = owner().query(heavy, Map.of("pageSize", 5));

        assertThat(all.status()).isEqualTo(422);
        assertThat(all.field()).isEqualTo("pageSize");
        assertThat(some.status()).isEqualTo(200);
        assertThat(some.at("/items")).hasSize(5);
    }
}
