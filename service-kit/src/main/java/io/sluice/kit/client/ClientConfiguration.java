package io.sluice.kit.client;

import io.sluice.kit.replica.Peers;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.ConnectionProvider.MeterRegistrar;

/** Clients for the other services, and Netty resources that belong to this context alone. */
@AutoConfiguration(
        beforeName = {
            "org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration",
            "org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration"
        })
@EnableConfigurationProperties(ServiceAddresses.class)
public class ClientConfiguration {

    /** With Netty's global resources, closing one of several contexts in a JVM closes the sockets of all. */
    @Bean
    ReactorResourceFactory reactorResourceFactory() {
        ReactorResourceFactory resources = new ReactorResourceFactory();
        resources.setUseGlobalResources(false);
        // Requests have been waited for by then; the default of 2 s would only lengthen every stop.
        resources.setShutdownQuietPeriod(Duration.ofMillis(100));
        return resources;
    }

    @Bean
    ServiceClients serviceClients(
            ServiceAddresses addresses,
            Peers peers,
            ReactorResourceFactory resources,
            ObjectProvider<MeterRegistrar> figures) {
        return new ServiceClients(addresses, peers, resources.getLoopResources(), figures.getIfAvailable());
    }
}
