package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.testing.Form;
import io.sluice.itemservice.testing.Reply;
import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;
import java.util.Map;
import org.junit.jupiter.api.Test;

@OnMongo(Database.EMBEDDED)
class QueryEmbeddedIT extends QueryContract {

    @Test
    void refusesToLookIntoElementsThatAreNoObjects() {
        String dataset = newDataset();
        Form form =
                Form.of("/a.txt").field("metadata", "{\"user\":{\"l\":[1]}}").file("x");
        owner().upload(dataset, "skip", form);

        Reply reply = owner().query(
                        dataset,
                        Map.of("filter", Map.of("metadata.user.l", Map.of("$match", Map.of("a", Map.of("$ne", 1))))));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.text()).contains("embedded database");
    }

    @Override
    void tellsOfIndexes(Reply plan, Reply counted, Reply joined) {
        assertThat(plan.at("/indexes")).isEmpty();
        assertThat(plan.at("/advice").toString()).contains("does not tell");
        assertThat(counted.at("/entries").isNull()).isTrue();
        assertThat(joined.at("/join/advice").toString()).contains("does not tell");
    }
}
