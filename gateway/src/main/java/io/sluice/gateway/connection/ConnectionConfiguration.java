package io.sluice.gateway.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;
import reactor.netty.NettyPipeline;
import tools.jackson.databind.json.JsonMapper;

/** Puts the limits into each connection of a client. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ConnectionProperties.class)
class ConnectionConfiguration {

    private static final String IDLE = "idle";

    /** What the server underneath has chosen for HTTP/2, as RFC 9113 §6.5.2 advises. */
    private static final int MOST_STREAMS = 100;

    @Bean
    Limits limitsOfConnections(ConnectionProperties connections) {
        return Limits.of(
                Limit.time("connection-idle", connections.idle(), "How long nothing may move on a connection"),
                Limit.time(
                        "refused-upload",
                        connections.drain(),
                        "How long the rest of an upload is still read after it was refused"),
                Limit.entries("http2-streams", MOST_STREAMS, "Requests at a time on one connection of HTTP/2"));
    }

    @Bean
    NettyServerCustomizer connectionLimits(
            ConnectionProperties limits,
            JsonMapper json,
            @Value("${server.max-http-request-header-size}") DataSize head,
            @Value("${server.netty.max-initial-line-length}") DataSize line) {
        UnreadableRequest unreadable = new UnreadableRequest(line.toBytes(), head.toBytes(), json);
        return server -> server.doOnChannelInit(
                        (observer, channel, address) -> limit(channel.pipeline(), limits, unreadable))
                .doOnConnection(connection -> {
                    if (connection.channel() instanceof Http2StreamChannel) {
                        connection.addHandlerFirst(IDLE, new IdleConnection(limits.idle()));
                    }
                });
    }

    private static void limit(ChannelPipeline pipeline, ConnectionProperties limits, UnreadableRequest unreadable) {
        pipeline.addFirst(IDLE, new IdleConnection(limits.idle()))
                .addBefore(NettyPipeline.HttpTrafficHandler, "refused", new RefusedUpload(limits.drain()))
                .addBefore(NettyPipeline.HttpTrafficHandler, "unreadable", unreadable);
        ChannelHandlerContext upgrade = pipeline.context(HttpServerUpgradeHandler.class);
        if (upgrade != null) {
            pipeline.addBefore(upgrade.name(), "no-upgrade", new IgnoredUpgrade());
        }
    }
}
