package io.sluice.itemservice.content;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.nio.file.Path;

/** How much is written, and how much room there is. */
final class ContentMetrics implements MeterBinder {

    private final BlobStore blobs;
    private final Path folder;

    ContentMetrics(BlobStore blobs, Path folder) {
        this.blobs = blobs;
        this.folder = folder;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("sluice.blobs.written", blobs, BlobStore::publishedBytes)
                .description("Bytes of items that this replica made durable")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        Gauge.builder("sluice.blobs.free", folder, disk -> disk.toFile().getUsableSpace())
                .description("Room for bytes of items")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        Gauge.builder("sluice.blobs.size", folder, disk -> disk.toFile().getTotalSpace())
                .description("The disk that bytes of items are on, or wait on for a bucket")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
    }
}
