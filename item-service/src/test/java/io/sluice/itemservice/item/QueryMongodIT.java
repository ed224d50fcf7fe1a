package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.testing.Reply;
import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;
import java.util.Map;
import org.junit.jupiter.api.Test;

@OnMongo(Database.MONGOD)
class QueryMongodIT extends QueryContract {

    @Override
    void tellsOfIndexes(Reply plan, Reply counted, Reply joined) {
        assertThat(joined.at("/join/indexes/0/keys/datasetId").asInt()).isEqualTo(1);
        assertThat(joined.at("/join/entries").asInt()).isZero();
        assertThat(joined.at("/advice")).isEmpty();
        assertThat(plan.at("/indexes/0/keys").propertyNames()).contains("datasetId");
        assertThat(plan.at("/entries").asInt()).isEqualTo(2);
        assertThat(plan.at("/documentsExamined").asInt()).isPositive();
        assertThat(plan.at("/advice")).hasSize(1);
        assertThat(counted.at("/indexes/0/keys").propertyNames()).contains("datasetId");
        assertThat(counted.at("/advice")).isEmpty();
        Reply listed = owner().post(
                        "/api/v1/datasets/" + newDataset() + "/query?explain=true",
                        "{\"filter\":{\"hidden\":false,\"type\":\"file\"},\"sort\":{\"id\":\"ascending\"}}");
        assertThat(listed.at("/advice")).isEmpty();
        Reply sorted = owner().post(
                        "/api/v1/datasets/" + newDataset() + "/query?explain=true",
                        "{\"filter\":{\"metadata.user.a\":1},\"sort\":{\"metadata.user.b\":\"ascending\"}}");
        assertThat(sorted.at("/advice").toString()).contains("No index serves this order");
    }

    @Test
    void readsARangeOfMetadataFromItsOneEndToItsOtherOnly() {
        String numbered = newDataset();
        for (int number = 0; number < 30; number++) {
            String itemId = owner().upload(numbered, "/" + number, "x").id();
            owner().patch("/api/v1/items/" + itemId, Map.of("metadata", Map.of("user", Map.of("inOrder", number))));
        }

        Reply plan = owner().post(
                        "/api/v1/datasets/" + numbered + "/query?explain=true",
                        "{\"filter\":{\"metadata.user.inOrder\":{\"$gte\":10,\"$lt\":12}}}");

        assertThat(plan.at("/entries").asInt()).isEqualTo(2);
        assertThat(plan.at("/documentsExamined").asInt()).isLessThan(5);
    }

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
