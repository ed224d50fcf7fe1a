package io.sluice.gateway.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.handler.timeout.ReadTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Gives a service up that does nothing while it is its turn. It does not count against the service when the client is
 * slow: while an upload pauses, also one that is answered bit by bit, or while nobody takes more of a download. Netty's own read time-out cannot tell these
 * apart, and a limit for the whole answer would end long transfers.
 */
class UpstreamPatience extends IdleStateHandler {

    private boolean requestSent;
    private boolean answerBegun;
    private boolean answerComplete = true;

    UpstreamPatience(Duration patience) {
        super(true, 0, 0, patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof HttpRequest) {
            requestSent = false;
            answerBegun = false;
            answerComplete = false;
        }
        if (message instanceof LastHttpContent) {
            requestSent = true;
        }
        super.write(context, message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof HttpResponse response
                && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            answerBegun = true;
        }
        if (message instanceof LastHttpContent && answerBegun) {
            answerComplete = true;
        }
        super.channelRead(context, message);
    }

    @Override
    protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
        if (!answerComplete && isServicesTurn(context)) {
            context.fireExceptionCaught(ReadTimeoutException.INSTANCE);
            context.close();
        }
    }

    private boolean isServicesTurn(ChannelHandlerContext context) {
        // Reading stops while the client does not take what was read.
        boolean isTaken = !answerBegun || context.channel().config().isAutoRead();
        return isTaken && (requestSent || hasUnsent(context));
    }

    /** Whether the service does not take what it is sent. */
    private static boolean hasUnsent(ChannelHandlerContext context) {
        ChannelOutboundBuffer unsent = context.channel().unsafe().outboundBuffer();
        return unsent != null && unsent.totalPendingWriteBytes() > 0;
    }
}
