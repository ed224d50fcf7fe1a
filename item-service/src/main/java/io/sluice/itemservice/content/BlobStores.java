package io.sluice.itemservice.content;

import io.sluice.itemservice.content.s3.BlobObjects;
import io.sluice.itemservice.content.s3.Bucket;
import io.sluice.itemservice.content.s3.S3Properties;
import io.sluice.itemservice.content.s3.UnusableBucketException;
import io.sluice.itemservice.content.segment.FreeSpace;
import io.sluice.itemservice.content.segment.SegmentProperties;
import io.sluice.itemservice.content.segment.Segments;
import io.sluice.itemservice.content.segment.Waiting;
import io.sluice.kit.error.Problem;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Component;

/** Opens stores of bytes. */
@Component
class BlobStores {

    private static final Logger log = LoggerFactory.getLogger(BlobStores.class);
    private static final int RETRY_AFTER_SECONDS = 10;

    private final S3Properties s3;
    private final SegmentProperties segments;
    private final ReactiveMongoTemplate mongo;
    private final Clock clock;

    BlobStores(S3Properties s3, SegmentProperties segments, ReactiveMongoTemplate mongo, Clock clock) {
        this.s3 = s3;
        this.segments = segments;
        this.mongo = mongo;
        this.clock = clock;
    }

    /**
     * Opens what is kept at a place.
     *
     * @throws UnusableBucketException when it is a bucket that cannot be used
     */
    BlobStore open(BlobProperties properties) throws IOException {
        return properties.isBucket() ? inBucket(properties) : inFolder(properties);
    }

    private BlobStore inFolder(BlobProperties properties) throws IOException {
        Path folder = properties.folder();
        BlobFiles files = new BlobFiles(folder);
        // Finding out which one it is costs more than asking it.
        FileStore disk = Files.getFileStore(folder);
        long spare = properties.spareSpace().toBytes();
        FreeSpace freeSpace = () -> requireFree(disk, folder, spare);
        return new FolderBlobStore(
                new StagingFolder(folder.resolve("staging"), true),
                files,
                new Segments(
                        folder.resolve("segments"),
                        mongo,
                        freeSpace,
                        sha256 -> files.restored(sha256) != null,
                        segments,
                        clock),
                freeSpace,
                segments.largestBlob().toBytes(),
                segments.memory().toBytes(),
                clock);
    }

    private static void requireFree(FileStore disk, Path folder, long spare) throws IOException {
        if (disk.getUsableSpace() < spare) {
            log.warn("Uploads are refused: {} has less than {} bytes free", folder, spare);
            throw Problem.INSUFFICIENT_STORAGE.with(
                    "The platform has no room left for further bytes; ask its administrator");
        }
    }

    private BlobStore inBucket(BlobProperties properties) throws IOException {
        Path folder = s3.spoolFolder();
        StagingFolder spool = new StagingFolder(folder, false);
        FileStore disk = Files.getFileStore(folder);
        long spare = properties.spareSpace().toBytes();
        Bucket bucket = new Bucket(properties.bucket(), s3);
        try {
            Waiting.on(bucket.tryOut());
        } catch (IOException failure) {
            bucket.close();
            if (failure.getCause() instanceof UnusableBucketException unusable) {
                throw unusable;
            }
            throw failure;
        }
        return new S3BlobStore(
                spool,
                bucket,
                new BlobObjects(bucket, mongo, s3, clock),
                () -> requireFreeSpool(disk, folder, spare),
                segments.largestBlob().toBytes(),
                segments.memory().toBytes(),
                clock);
    }

    /** There is room again as soon as the bucket has what waits. */
    private static void requireFreeSpool(FileStore disk, Path folder, long spare) throws IOException {
        if (disk.getUsableSpace() < spare) {
            log.warn("Uploads are put off: {}, where they wait, has less than {} bytes free", folder, spare);
            throw Problem.unavailable("Too much is being uploaded at the moment", RETRY_AFTER_SECONDS);
        }
    }
}
