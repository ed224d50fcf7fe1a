package io.sluice.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.AtTheGate;
import io.sluice.gateway.RawHttp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Netty refuses before anybody else has seen it. */
class UnreadableRequestTests extends AtTheGate {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
                "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5\r\nGET /\r\n0\r\n\r\n",
                "Content-Length: 3\r\nContent-Length: 30\r\n\r\n{}",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            })
    void saysThatALengthCanBeReadInTwoWays(String rest) throws Exception {
        RawHttp.Answer answer = RawHttp.to(port()).send("POST /token HTTP/1.1\r\nHost: gate\r\n" + rest);

        assertProblem(answer, 400, "/problems/malformed-request", "Content-Length");
    }

    @Test
    void saysHowLargeAHeadMayBe() throws Exception {
        RawHttp.Answer answer =
                RawHttp.to(port()).send("GET /health HTTP/1.1\r\nHost: gate\r\nx: " + "y".repeat(17_000) + "\r\n\r\n");

        assertProblem(answer, 431, "/problems/headers-too-large", "16384");
    }

    @Test
    void saysHowLongAnAddressMayBe() throws Exception {
        RawHttp.Answer answer =
                RawHttp.to(port()).send("GET /" + "y".repeat(9_000) + " HTTP/1.1\r\nHost: gate\r\n\r\n");

        assertProblem(answer, 414, "/problems/uri-too-long", "8192");
    }

    private static void assertProblem(RawHttp.Answer answer, int status, String type, String part) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("content-type")).containsExactly("application/problem+json");
        assertThat(answer.header("connection")).containsExactly("close");
        assertThat(answer.header("x-request-id")).hasSize(1);
        assertThat(answer.header("content-length"))
                .containsExactly(Integer.toString(answer.body().length()));
        assertThat(answer.body()).contains(type, part, "\"message\"");
    }
}
