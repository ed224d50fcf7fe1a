package io.sluice.gateway.connection;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;

/**
 * Takes no notice when a client offers to change to HTTP/2, as it may (RFC 9110 §7.8; RFC 9113 has dropped that way). Netty
 * would collect the body of such a request and refuse it with 413, and Java's own client offers it with every first
 * request. Who knows that HTTP/2 is spoken here may begin with it.
 */
@Sharable
class IgnoredUpgrade extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            request.headers().remove(HttpHeaderNames.UPGRADE);
        }
        context.fireChannelRead(message);
    }
}
