package io.sluice.itemservice.bulk;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/** How much of what there is for bulk uploads is in use. */
@Component
final class BulkMetrics implements MeterBinder {

    private final BulkPlaces places;

    BulkMetrics(BulkPlaces places) {
        this.places = places;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("sluice.bulk.running", places, BulkPlaces::taken)
                .description("Bulk uploads that this replica works on")
                .register(registry);
        Gauge.builder("sluice.bulk.limit", places, BulkPlaces::most)
                .description("Bulk uploads that this replica works on at most; more are refused")
                .register(registry);
    }
}
