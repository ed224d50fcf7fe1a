package io.sluice.kit.metric;

import com.mongodb.reactivestreams.client.MongoClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.mongodb.MongoMetricsCommandListener;
import io.micrometer.core.instrument.binder.mongodb.MongoMetricsConnectionPoolListener;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.kit.observation.RequestObserver;
import io.sluice.kit.observation.Routes;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/** Keeps figures about this process and serves them, when {@code sluice.metrics.port} says where. */
@AutoConfiguration(
        beforeName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration",
            "org.springframework.boot.mongodb.autoconfigure.MongoReactiveAutoConfiguration"
        })
@ConditionalOnExpression("!'${sluice.metrics.port:}'.isBlank()")
@EnableConfigurationProperties(MetricProperties.class)
public class MetricConfiguration {

    @Bean
    PrometheusMeterRegistry prometheusMeterRegistry(@Value("${spring.application.name}") String service) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.config()
                .commonTags("service", service)
                // Each client and each start has another one, and a service has one database.
                .meterFilter(MeterFilter.ignoreTags("cluster.id", "server.address", "database"));
        return registry;
    }

    @Bean
    RequestObserver requestMetrics(MeterRegistry registry, Routes routes) {
        return new RequestMetrics(registry, routes);
    }

    @Bean
    MeterBinder eventLoopMetrics(ReactorResourceFactory resources) {
        return new EventLoopMetrics(resources);
    }

    @Bean
    ConnectionPools connectionPools(ObjectProvider<MeterRegistry> registry) {
        return new ConnectionPools(registry);
    }

    @Bean
    Samples samples(MeterRegistry registry, ObjectProvider<Sampled> all) {
        return new Samples(registry, all.orderedStream().toList());
    }

    @Bean
    @ConditionalOnExpression("'${sluice.metrics.port}'.trim() != '0'")
    MetricServer metricServer(MetricProperties properties, PrometheusMeterRegistry registry) {
        InetSocketAddress address =
                new InetSocketAddress(properties.address(), Objects.requireNonNull(properties.port()));
        return new MetricServer(address, List.of(registry.getPrometheusRegistry()));
    }

    /** How long the database takes, and whether there are enough connections to it. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({MongoClient.class, MongoClientSettingsBuilderCustomizer.class})
    static class OfMongo {

        @Bean
        MongoClientSettingsBuilderCustomizer mongoMetrics(ObjectProvider<MeterRegistry> registry) {
            return settings -> settings.addCommandListener(new MongoMetricsCommandListener(registry.getObject()))
                    .applyToConnectionPoolSettings(pool -> pool.addConnectionPoolListener(
                            new MongoMetricsConnectionPoolListener(registry.getObject())));
        }
    }
}
