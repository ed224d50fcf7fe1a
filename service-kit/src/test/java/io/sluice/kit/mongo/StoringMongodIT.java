package io.sluice.kit.mongo;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;

@OnMongo(Database.MONGOD)
class StoringMongodIT extends StoringContract {

    /** The embedded database knows no time limit. */
    @Test
    void saysThatAQueryTookTooLong() {
        String name = UUID.randomUUID().toString();
        send(HttpMethod.POST, name, name, 0).expectStatus().isOk();

        client().post()
                .uri("/api/v1/things/slow")
                .exchange()
                .expectStatus()
                .isEqualTo(422)
                .expectBody()
                .jsonPath("$.type")
                .isEqualTo("/problems/query-too-expensive");
    }
}
