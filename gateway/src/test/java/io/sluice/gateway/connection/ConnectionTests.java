package io.sluice.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.AtTheGate;
import io.sluice.gateway.RawHttp;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;
import reactor.core.publisher.Mono;

@TestPropertySource(properties = {"gateway.connection.idle=1500ms", "gateway.connection.drain=1500ms"})
class ConnectionTests extends AtTheGate {

    @Test
    void aConnectionOnWhichNothingMovesIsClosed() throws Exception {
        try (RawHttp client = RawHttp.to(port())) {
            assertThat(client.read()).isEqualTo(-1);
        }
    }

    @Test
    void anUploadThatStallsIsClosed() throws Exception {
        ITEM.on(
                "/api/v1/datasets/stalls/items",
                (request, response) -> request.receive().then());

        try (RawHttp client = RawHttp.to(port())) {
            client.write("POST /api/v1/datasets/stalls/items HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + ANN
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");

            assertThat(client.read()).isEqualTo(-1);
        }
    }

    @Test
    void theRestOfARefusedUploadIsReadForAWhileOnly() throws Exception {
        ITEM.on(
                "/api/v1/datasets/refused/items",
                (request, response) ->
                        response.status(413).sendString(Mono.just("{}")).then());

        try (RawHttp client = RawHttp.to(port())) {
            client.write("POST /api/v1/datasets/refused/items HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + ANN
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            assertThat(client.readHead().status()).isEqualTo(413);
            long end = System.nanoTime() + 30_000_000_000L;
            boolean isClosed = false;
            while (!isClosed && System.nanoTime() < end) {
                try {
                    client.write("1\r\nx\r\n");
                } catch (IOException closed) {
                    isClosed = true;
                }
            }

            assertThat(isClosed).isTrue();
        }
    }
}
