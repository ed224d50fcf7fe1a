package io.sluice.gateway.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.NettyPipeline;

/** Puts the limits into each connection of a client. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ConnectionProperties.class)
class ConnectionConfiguration {

    @Bean
    Limits limitsOfConnections(ConnectionProperties connections) {
        return Limits.of(
                Limit.time("connection-idle", connections.idle(), "How long nothing may move on a connection"),
                Limit.time(
                        "refused-upload",
                        connections.drain(),
                        "How long the rest of an upload is still read after it was refused"));
    }

    @Bean
    NettyServerCustomizer connectionLimits(ConnectionProperties limits) {
        return server -> server.doOnChannelInit((observer, channel, address) -> limit(channel.pipeline(), limits));
    }

    private static void limit(ChannelPipeline pipeline, ConnectionProperties limits) {
        pipeline.addFirst("idle", new IdleConnection(limits.idle()))
                .addBefore(NettyPipeline.HttpTrafficHandler, "refused", new RefusedUpload(limits.drain()));
        ChannelHandlerContext upgrade = pipeline.context(HttpServerUpgradeHandler.class);
        if (upgrade != null) {
            pipeline.addBefore(upgrade.name(), "no-upgrade", new IgnoredUpgrade());
        }
    }
}
