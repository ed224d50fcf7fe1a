package io.sluice.datasetservice.dataset;

import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;

/** What an access check needs to know of a dataset. */
public record DatasetHead(
        @Id String id,
        String projectId,
        boolean readonly,
        boolean system,
        @Nullable String srcDataset) {}
