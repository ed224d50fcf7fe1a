package io.sluice.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RefusedUploadTests {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final EmbeddedChannel channel = new EmbeddedChannel(new RefusedUpload(LIMIT));

    private void answer(HttpResponseStatus status) {
        channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/items"));
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status));
        channel.advanceTimeBy(LIMIT.toMillis() + 1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void readsTheRestOfARefusedUploadForALimitedTime() {
        answer(HttpResponseStatus.INSUFFICIENT_STORAGE);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void takesAsLongAsItTakesForAnUploadThatWasAskedFor() {
        answer(HttpResponseStatus.CONTINUE);

        assertThat(channel.isOpen()).isTrue();
    }
}
