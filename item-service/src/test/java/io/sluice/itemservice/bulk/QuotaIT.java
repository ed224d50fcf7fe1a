package io.sluice.itemservice.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.testing.Form;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import io.sluice.itemservice.testing.Tar;
import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

@OnMongo(Database.EMBEDDED)
@TestPropertySource(properties = {"item-service.quota.items=3", "item-service.quota.bytes=1MB"})
class QuotaIT extends RunningItemService {

    private final String datasetId = newDataset();

    @Test
    void refusesWhatAProjectHasNoRoomFor() {
        Tar tar = new Tar().file("huge", new byte[2_000_000]);
        for (int number = 0; number < 5; number++) {
            tar.file("f" + number, "x");
        }

        String answer = owner().send(
                        "POST",
                        "/api/v1/datasets/" + datasetId + "/items/bulk",
                        "application/x-tar",
                        BodyPublishers.ofByteArray(tar.bytes()))
                .text();

        assertThat(answer).contains("{\"totals\":{\"created\":3,\"overwritten\":0,\"skipped\":0,\"failed\":3,");
        assertThat(answer).contains("\"status\":413").contains("\"status\":507");
        assertThat(answer).contains("\"field\":\"quota.items\"").contains("\"field\":\"quota.bytes\"");
        Reply single = owner().upload(datasetId, "skip", Form.of("/one.txt").file("x"));
        assertThat(single.status()).isEqualTo(507);
        assertThat(single.field()).isEqualTo("quota.items");
        assertThat(stored(datasetId)).hasSize(3);
    }
}
