package io.sluice.itemservice.content;

import io.sluice.itemservice.content.s3.S3Properties;
import io.sluice.itemservice.content.segment.SegmentProperties;
import io.sluice.kit.doctor.Diagnosis;
import io.sluice.kit.doctor.FolderDiagnosis;
import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.metric.Sampled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Where the bytes are. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({BlobProperties.class, SegmentProperties.class, S3Properties.class})
class ContentConfiguration {

    @Bean(destroyMethod = "shutDown")
    BlobStore blobStore(BlobStores stores, BlobProperties properties) throws IOException {
        return stores.open(properties);
    }

    @Bean
    ContentMetrics contentMetrics(BlobStore blobs, BlobProperties properties, S3Properties s3) {
        return new ContentMetrics(blobs, here(properties, s3));
    }

    @Bean
    Sampled segmentCount(BlobStore blobs) {
        return new Sampled(
                "sluice.blobs.segments",
                "Files that hold many small ones, of all replicas",
                "state",
                () -> blobs.segmentCount().map(count -> Map.of("all", count)));
    }

    @Bean
    @Lazy
    Diagnosis blobsDiagnosis(BlobProperties properties, S3Properties s3) {
        Diagnosis folder = new FolderDiagnosis(properties.isBucket() ? "spool" : "blobs", here(properties, s3));
        return properties.isBucket() ? new BucketDiagnosis(properties.bucket(), s3).and(folder) : folder;
    }

    @Bean
    BlobsHealth blobsHealthIndicator(BlobProperties properties, S3Properties s3) {
        return new BlobsHealth(here(properties, s3));
    }

    /** The folder of this machine that bytes are in, for good or until the bucket has them. */
    private static Path here(BlobProperties properties, S3Properties s3) {
        return properties.isBucket() ? s3.spoolFolder() : properties.folder();
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
}
