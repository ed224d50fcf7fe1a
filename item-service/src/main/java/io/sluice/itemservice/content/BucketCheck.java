package io.sluice.itemservice.content;

import io.sluice.itemservice.content.s3.Bucket;
import io.sluice.itemservice.content.s3.BucketScan;
import io.sluice.itemservice.content.s3.S3Properties;
import io.sluice.itemservice.content.segment.Findings;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.util.unit.DataSize;

/** Looks at everything that is kept in a bucket. */
public final class BucketCheck implements Check, AutoCloseable {

    private final Bucket bucket;
    private final BucketScan scan;
    private final ReactiveMongoTemplate mongo;
    private final NamedContents documents;
    private final Clock clock;

    public BucketCheck(
            URI location, S3Properties properties, ReactiveMongoTemplate mongo, NamedContents documents, Clock clock) {
        this.bucket = new Bucket(new BlobProperties(location, DataSize.ofBytes(0)).bucket(), properties);
        this.scan = new BucketScan(bucket, mongo, clock);
        this.mongo = mongo;
        this.documents = documents;
        this.clock = clock;
    }

    @Override
    public long size() throws IOException {
        return scan.size();
    }

    @Override
    public void scrub(Findings findings) throws IOException {
        scan.verify(findings);
    }

    @Override
    public void compare(boolean repairs, Findings findings) throws IOException {
        scan.compare(
                documents.all(),
                documents::named,
                orphan -> mongo.save(new ReleasedBlob(orphan, clock.instant())).then(),
                repairs,
                findings);
    }

    @Override
    public void close() {
        bucket.close();
    }
}
