package io.sluice.gateway.upstream;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelOption;
import io.sluice.kit.client.ServiceAddresses;
import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.observation.Routes;
import io.sluice.kit.replica.Peers;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.NettyRoutingFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.ConnectionProvider.MeterRegistrar;

/**
 * Spring Cloud Gateway's own filters for talking to a service, with our connections and our headers. {@code gateway.yml}
 * switches off those that would do the same.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(UpstreamProperties.class)
class UpstreamConfiguration {

    @Bean(destroyMethod = "dispose")
    ConnectionProvider upstreamConnections(UpstreamProperties upstream, ObjectProvider<MeterRegistrar> figures) {
        ConnectionProvider.Builder connections = ConnectionProvider.builder("upstream")
                .maxConnections(upstream.connections())
                .pendingAcquireMaxCount(-1)
                .pendingAcquireTimeout(upstream.acquireTimeout())
                .maxIdleTime(upstream.keepIdle())
                .evictInBackground(upstream.keepIdle())
                .lifo()
                // Those of replicas that are gone.
                .disposeInactivePoolsInBackground(Duration.ofMinutes(1), Duration.ofMinutes(2));
        figures.ifAvailable(registrar -> connections.metrics(true, () -> registrar));
        return connections.build();
    }

    @Bean
    HttpClient upstreamClient(
            UpstreamProperties upstream, ConnectionProvider connections, ReactorResourceFactory resources) {
        return HttpClient.create(connections)
                .runOn(resources.getLoopResources())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        upstream.connectTimeout().toMillis())
                .httpResponseDecoder(decoder ->
                        decoder.maxHeaderSize((int) upstream.largestHead().toBytes()))
                .doOnChannelInit((observer, channel, address) -> channel.pipeline()
                        .addAfter(NettyPipeline.HttpCodec, "patience", new UpstreamPatience(upstream.patience())));
    }

    @Bean
    Limits limitsOfServices(UpstreamProperties upstream) {
        return Limits.of(Limit.time(
                "answer-time",
                upstream.patience(),
                "How long a service may do nothing while it is its turn, before its answer is given up"));
    }

    @Bean
    UpstreamRouting upstreamRouting(Peers peers, UpstreamFailures failures) {
        return new UpstreamRouting(peers, failures);
    }

    @Bean
    UpstreamFailures upstreamFailures(MeterRegistry registry, ServiceAddresses addresses) {
        return new UpstreamFailures(registry, addresses.services().keySet());
    }

    /** Whose operations they are, the services say themselves. */
    @Bean
    Routes routesToServices() {
        return attributes -> attributes.get(GATEWAY_ROUTE_ATTR) instanceof Route route ? route.getId() : null;
    }

    @Bean
    NettyRoutingFilter sendRequest(HttpClient client, HttpClientProperties properties) {
        return new NettyRoutingFilter(client, new OurHeaders(), properties);
    }

    @Bean
    NettyWriteResponseFilter writeAnswer(GatewayProperties properties) {
        return new NettyWriteResponseFilter(properties.getStreamingMediaTypes(), new OurHeaders());
    }

    private static final class OurHeaders implements ObjectProvider<List<HttpHeadersFilter>> {

        private final List<HttpHeadersFilter> filters = UpstreamHeaders.filters();

        @Override
        public List<HttpHeadersFilter> getObject() {
            return filters;
        }
    }
}
