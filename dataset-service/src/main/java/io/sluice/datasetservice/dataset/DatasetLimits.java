package io.sluice.datasetservice.dataset;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.query.QueryConfiguration;
import io.sluice.kit.query.QueryLimits;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** How large a dataset may be, and how long looking for some may take. */
@Configuration(proxyBeanMethods = false)
@Import(QueryConfiguration.class)
class DatasetLimits {

    @Bean
    Limits limitsOfDatasets(QueryLimits queries) {
        return Limits.of(
                Limit.characters("dataset-name", Dataset.LONGEST_NAME, "The name of a dataset"),
                Limit.bytes("dataset-metadata", MetadataLimit.LARGEST, "The metadata of a dataset, as JSON"),
                Limit.time("dataset-lock", DatasetLocks.LONGEST, "How long an export may lock a dataset"),
                Limit.entries("dataset-locks", DatasetLocks.MOST, "The exports that lock a dataset at the same time"),
                Limit.entries(
                        "dataset-count-projects",
                        DatasetSumsController.MOST_PROJECTS,
                        "The projects whose datasets one request counts"),
                Limit.time("dataset-query-time", queries.time(), "How long the database may look for datasets"));
    }
}
