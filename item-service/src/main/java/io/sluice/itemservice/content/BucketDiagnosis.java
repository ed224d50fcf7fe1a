package io.sluice.itemservice.content;

import io.sluice.itemservice.content.s3.Bucket;
import io.sluice.itemservice.content.s3.BucketLocation;
import io.sluice.itemservice.content.s3.S3Properties;
import io.sluice.kit.doctor.Diagnosis;
import io.sluice.kit.doctor.Finding;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Whether the bucket takes an object, gives it back, lists it and deletes it. */
final class BucketDiagnosis implements Diagnosis {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String CHECK = "blobs";

    private final BucketLocation location;
    private final S3Properties s3;

    BucketDiagnosis(BucketLocation location, S3Properties s3) {
        this.location = location;
        this.s3 = s3;
    }

    @Override
    public Flux<Finding> look() {
        return Mono.using(() -> new Bucket(location, s3), Bucket::tryOut, Bucket::close)
                .timeout(PATIENCE)
                .thenReturn(Finding.ok(
                        CHECK, "bucket " + location.bucket() + " can be written, read, listed and deleted from"))
                .onErrorResume(failure -> Mono.just(Finding.fail(
                        CHECK,
                        String.valueOf(failure.getMessage()),
                        "Nothing can be uploaded or downloaded until the bucket can be used.")))
                .flux();
    }

    /** This, and what else is to be looked at. */
    Diagnosis and(Diagnosis other) {
        return () -> look().concatWith(other.look());
    }
}
