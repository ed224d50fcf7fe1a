package io.sluice.itemservice.content;

import io.sluice.itemservice.content.segment.FreeSpace;
import io.sluice.itemservice.content.segment.SegmentProperties;
import io.sluice.itemservice.content.segment.Segments;
import io.sluice.kit.doctor.Diagnosis;
import io.sluice.kit.doctor.FolderDiagnosis;
import io.sluice.kit.error.Problem;
import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.metric.Sampled;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

/** Where the bytes are. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({BlobProperties.class, SegmentProperties.class})
class ContentConfiguration {

    private static final Logger log = LoggerFactory.getLogger(ContentConfiguration.class);

    @Bean
    BlobFiles blobFiles(BlobProperties properties) {
        return new BlobFiles(properties.folder());
    }

    @Bean
    FreeSpace freeSpace(BlobProperties properties, BlobFiles folderIsThere) throws IOException {
        Path folder = properties.folder();
        long spare = properties.spareSpace().toBytes();
        // Finding out which one it is costs more than asking it.
        FileStore disk = Files.getFileStore(folder);
        return () -> requireFree(disk, folder, spare);
    }

    @Bean
    Segments segments(
            BlobProperties properties,
            SegmentProperties segments,
            BlobFiles files,
            FreeSpace freeSpace,
            ReactiveMongoTemplate mongo,
            Clock clock) {
        return new Segments(
                properties.folder().resolve("segments"),
                mongo,
                freeSpace,
                sha256 -> files.restored(sha256) != null,
                segments,
                clock);
    }

    @Bean
    BlobStore blobStore(
            BlobFiles files, Segments segments, FreeSpace freeSpace, SegmentProperties properties, Clock clock) {
        return new BlobStore(
                files,
                segments,
                freeSpace,
                properties.largestBlob().toBytes(),
                properties.memory().toBytes(),
                clock);
    }

    @Bean
    ContentMetrics contentMetrics(BlobStore blobs, BlobProperties properties) {
        return new ContentMetrics(blobs, properties.folder());
    }

    @Bean
    Sampled segmentCount(Segments segments) {
        return new Sampled(
                "sluice.blobs.segments",
                "Files that hold many small ones, of all replicas",
                "state",
                () -> segments.count().map(count -> Map.of("all", count)));
    }

    @Bean
    @Lazy
    Diagnosis blobsDiagnosis(BlobProperties properties) {
        return new FolderDiagnosis("blobs", properties.folder());
    }

    @Bean
    BlobsHealth blobsHealthIndicator(BlobProperties properties) {
        return new BlobsHealth(properties.folder());
    }

    @Bean
    Limits limitsOfContent(SegmentProperties properties) {
        return Limits.of(
                Limit.bytes(
                        "small-file",
                        properties.largestBlob().toBytes(),
                        "A file that is kept together with others; a larger one has a file of its own"),
                Limit.bytes(
                        "small-files-in-memory",
                        properties.memory().toBytes(),
                        "Small files that one replica has in memory at the same time; more of them take longer"));
    }

    private static void requireFree(FileStore disk, Path folder, long spare) throws IOException {
        if (disk.getUsableSpace() < spare) {
            log.warn("Uploads are refused: {} has less than {} bytes free", folder, spare);
            throw Problem.INSUFFICIENT_STORAGE.with(
                    "The platform has no room left for further bytes; ask its administrator");
        }
    }
}
