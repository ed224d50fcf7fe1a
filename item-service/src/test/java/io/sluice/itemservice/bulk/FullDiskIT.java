package io.sluice.itemservice.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import io.sluice.itemservice.testing.Tar;
import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

@OnMongo(Database.EMBEDDED)
@TestPropertySource(properties = "item-service.spare-space=1000000TB")
class FullDiskIT extends RunningItemService {

    private final String datasetId = newDataset();

    @Test
    void saysOfEveryFileThatThereIsNoRoomAndReadsOn() {
        byte[] tar = new Tar()
                .folder("folder/")
                .file("small.txt", "x")
                .file("large.bin", new byte[2_000_000])
                .bytes();

        Reply answer = owner().send(
                        "POST",
                        "/api/v1/datasets/" + datasetId + "/items/bulk",
                        "application/x-tar",
                        BodyPublishers.ofByteArray(tar));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text().lines().filter(line -> line.contains("\"status\":507")))
                .hasSize(2);
        assertThat(answer.text()).contains("{\"totals\":{\"created\":0,\"overwritten\":0,\"skipped\":0,\"failed\":2,");
        assertThat(stored(datasetId)).hasSize(1);
        assertThat(owner().get("/api/v1/datasets/" + datasetId + "/items").status())
                .isEqualTo(200);
    }
}
