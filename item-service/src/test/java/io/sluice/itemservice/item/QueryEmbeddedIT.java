package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.testing.Reply;
import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class QueryEmbeddedIT extends QueryContract {

    @Override
    void tellsOfIndexes(Reply plan, Reply counted) {
        assertThat(plan.at("/indexes")).isEmpty();
        assertThat(plan.at("/advice").toString()).contains("does not tell");
        assertThat(counted.at("/entries").isNull()).isTrue();
    }
}
