package io.sluice.datasetservice.dataset;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;

/** What an access check needs to know of a dataset. */
public record DatasetHead(
        @Id String id,
        String projectId,
        boolean readonly,
        boolean system,
        @Nullable String srcDataset,
        @Nullable List<Lock> locks) {

    /** Whether nothing in it may be changed at that time. */
    public boolean isReadonly(Instant now) {
        return Lock.holds(readonly, locks, now);
    }
}
