package io.sluice.modelservice.metric;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.mongo.Indexes;
import org.bson.Document;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.index.CompoundIndexDefinition;

/** The indexes of metrics, and how many there may be. */
@Configuration(proxyBeanMethods = false)
class MetricConfiguration {

    @Bean
    Indexes.Index metricModelIndex() {
        return Indexes.Index.required(
                Metric.class, new CompoundIndexDefinition(new Document("modelId", 1).append("_id", 1)));
    }

    @Bean
    Indexes.Index metricProjectIndex() {
        return Indexes.Index.required(
                Metric.class, new CompoundIndexDefinition(new Document("projectId", 1).append("_id", 1)));
    }

    @Bean
    Limits limitsOfMetrics() {
        return Limits.of(
                Limit.entries("metric-samples", Samples.MOST, "The samples of one request"),
                Limit.bytes("metric-size", Samples.LARGEST, "The data of a sample"),
                Limit.entries("metric-of-model", MetricController.MOST_OF_MODEL, "The metrics of a model"));
    }
}
