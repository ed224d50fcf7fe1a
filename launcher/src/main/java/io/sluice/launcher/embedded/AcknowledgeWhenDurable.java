package io.sluice.launcher.embedded;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;

/**
 * Holds back the reply to a write until the write is in the file. It stands nearest to the socket, where the reply is
 * already bytes, because the documents it was made from may be changed by the next command.
 */
final class AcknowledgeWhenDurable extends ChannelOutboundHandlerAdapter {

    private static final AttributeKey<Boolean> WROTE = AttributeKey.valueOf(AcknowledgeWhenDurable.class, "wrote");

    private final GroupCommit commit;

    AcknowledgeWhenDurable(GroupCommit commit) {
        this.commit = commit;
    }

    /** Says that the command just run for this channel may have written. */
    static void wrote(Channel channel) {
        channel.attr(WROTE).set(true);
    }

    @Override
    public void write(ChannelHandlerContext context, Object reply, ChannelPromise promise) {
        if (context.channel().attr(WROTE).getAndSet(null) == null) {
            context.write(reply, promise);
            return;
        }
        commit.durable().addListener((Future<Void> durable) -> {
            if (durable.isSuccess()) {
                context.writeAndFlush(reply, promise);
            } else {
                ReferenceCountUtil.release(reply);
                promise.setFailure(durable.cause());
                context.close();
            }
        });
    }
}
