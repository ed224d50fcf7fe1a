package io.sluice.itemservice.content;

import io.sluice.itemservice.content.segment.Disk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import reactor.core.publisher.Mono;

/**
 * Whether bytes can be read and written: not when the folder is gone, belongs to somebody else, is on a disk that has become
 * read-only, or on one that does not answer. A full disk still serves what is there, so it does not count here.
 */
final class BlobsHealth implements ReactiveHealthIndicator {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Path folder;

    BlobsHealth(Path folder) {
        this.folder = folder;
    }

    @Override
    public Mono<Health> health() {
        return Disk.on(() -> Files.isDirectory(folder) && Files.isReadable(folder) && Files.isWritable(folder))
                .timeout(PATIENCE)
                .onErrorReturn(false)
                .map(isUsable -> (isUsable ? Health.up() : Health.down()).build());
    }
}
