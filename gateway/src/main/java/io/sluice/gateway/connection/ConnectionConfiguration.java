package io.sluice.gateway.connection;

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
    NettyServerCustomizer connectionLimits(ConnectionProperties limits) {
        return server -> server.doOnChannelInit((observer, channel, address) -> channel.pipeline()
                .addFirst("idle", new IdleConnection(limits.idle()))
                .addBefore(NettyPipeline.HttpTrafficHandler, "refused", new RefusedUpload(limits.drain())));
    }
}
