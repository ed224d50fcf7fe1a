package io.sluice.itemservice.content.s3;

import io.netty.channel.ChannelException;
import io.sluice.kit.error.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * A bucket, as far as the store of bytes needs one. Nothing here keeps a thread waiting; whatever goes wrong is either a
 * {@link Problem#UNAVAILABLE} that says when to try again, or {@link Problem#INSUFFICIENT_STORAGE}.
 */
public final class Bucket implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Bucket.class);

    private static final int ATTEMPTS = 3;
    private static final int RETRY_AFTER_SECONDS = 5;
    private static final int PARTS_OF_ONE = 4;
    private static final int MOST_PARTS = 10_000;
    private static final int PENDING = 10_000;
    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION_FAILED = 412;
    private static final int FULL = 507;
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** What servers call it when there is no room. */
    private static final Set<String> NO_ROOM =
            Set.of("InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded");

    private final BucketLocation location;
    private final S3Properties properties;
    private final S3AsyncClient client;
    private final Permits parts;
    private final long partSize;

    public Bucket(BucketLocation location, S3Properties properties) {
        this.location = location;
        this.properties = properties;
        this.parts = new Permits(properties.partsAtOnce());
        this.partSize = properties.partSize().toBytes();
        this.client = client(properties);
    }

    private static S3AsyncClient client(S3Properties properties) {
        S3AsyncClientBuilder builder = S3AsyncClient.builder()
                .httpClientBuilder(NettyNioAsyncHttpClient.builder()
                        .maxConcurrency(properties.connections())
                        .maxPendingConnectionAcquires(PENDING)
                        .connectionTimeout(CONNECT)
                        .connectionAcquisitionTimeout(properties.timeout())
                        .readTimeout(properties.timeout())
                        .writeTimeout(properties.timeout())
                        .eventLoopGroupBuilder(SdkEventLoopGroup.builder().numberOfThreads(2)))
                .credentialsProvider(credentials(properties))
                .forcePathStyle(properties.hasPathStyle())
                .multipartEnabled(false)
                .overrideConfiguration(common -> common.retryStrategy(DefaultRetryStrategy.standardStrategyBuilder()
                                .maxAttempts(ATTEMPTS)
                                .build())
                        .addExecutionInterceptor(new WithoutExpect()));
        if (properties.endpoint() != null) {
            builder.endpointOverride(properties.endpoint());
        }
        if (properties.region() != null) {
            builder.region(Region.of(properties.region()));
        } else if (properties.endpoint() != null) {
            builder.region(Region.US_EAST_1);
        }
        return builder.build();
    }

    private static AwsCredentialsProvider credentials(S3Properties properties) {
        return properties.accessKey() == null
                ? DefaultCredentialsProvider.builder().build()
                : StaticCredentialsProvider.create(AwsBasicCredentials.create(
                        properties.accessKey(), Objects.requireNonNull(properties.secretKey())));
    }

    /** Not every server answers {@code Expect: 100-continue}; a refused body costs less than a failed upload. */
    private static final class WithoutExpect implements ExecutionInterceptor {

        @Override
        public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
            return context.httpRequest().toBuilder().removeHeader("Expect").build();
        }
    }

    BucketLocation location() {
        return location;
    }

    /** An object that is there. */
    record Stored(String key, long size, Instant changedAt) {}

    /** Makes an object of bytes in memory; they are not copied. */
    Mono<Void> put(String key, byte[] bytes, String sha256) {
        return put(key, () -> AsyncRequestBody.fromBytesUnsafe(bytes), bytes.length, sha256);
    }

    /** Makes an object of a file. */
    Mono<Void> put(String key, Path file, long size, String sha256) {
        return size <= partSize
                ? parts.with(() -> put(key, () -> AsyncRequestBody.fromFile(file), size, sha256))
                : putInParts(key, file, size);
    }

    /** The server compares the bytes with their digest. Nothing is overwritten: a key that is taken is our own attempt before. */
    private Mono<Void> put(String key, Supplier<AsyncRequestBody> body, long size, String sha256) {
        String checksum = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256));
        return call(() -> client.putObject(
                        request -> request.bucket(location.bucket())
                                .key(key)
                                .ifNoneMatch("*")
                                .contentLength(size)
                                .checksumSHA256(checksum),
                        body.get()))
                .then()
                .onErrorResume(failure -> confirmed(key, size, failure));
    }

    private Mono<Void> putInParts(String key, Path file, long size) {
        long length = Math.max(partSize, (size + MOST_PARTS - 1) / MOST_PARTS);
        int count = (int) ((size + length - 1) / length);
        return Mono.usingWhen(
                call(() -> client.createMultipartUpload(request ->
                                request.bucket(location.bucket()).key(key).checksumAlgorithm(ChecksumAlgorithm.CRC32)))
                        .map(begun -> begun.uploadId()),
                upload -> Flux.range(0, count)
                        .flatMap(
                                part -> parts.with(() -> putPart(
                                        key,
                                        upload,
                                        part + 1,
                                        file,
                                        part * length,
                                        Math.min(length, size - part * length))),
                                PARTS_OF_ONE)
                        .sort(Comparator.comparing(CompletedPart::partNumber))
                        .collectList()
                        .flatMap(all -> complete(key, upload, all, size)),
                upload -> Mono.empty(),
                (upload, failure) -> abort(key, upload),
                upload -> abort(key, upload));
    }

    private Mono<CompletedPart> putPart(String key, String upload, int number, Path file, long start, long length) {
        return call(() -> client.uploadPart(
                        request -> request.bucket(location.bucket())
                                .key(key)
                                .uploadId(upload)
                                .partNumber(number)
                                .contentLength(length)
                                .checksumAlgorithm(ChecksumAlgorithm.CRC32),
                        AsyncRequestBody.fromFile(
                                part -> part.path(file).position(start).numBytesToRead(length))))
                .map(done -> CompletedPart.builder()
                        .partNumber(number)
                        .eTag(done.eTag())
                        .checksumCRC32(done.checksumCRC32())
                        .build());
    }

    private Mono<Void> complete(String key, String upload, List<CompletedPart> all, long size) {
        return call(() -> client.completeMultipartUpload(request -> request.bucket(location.bucket())
                        .key(key)
                        .uploadId(upload)
                        .ifNoneMatch("*")
                        .multipartUpload(whole -> whole.parts(all))))
                .then()
                .onErrorResume(failure -> confirmed(key, size, failure));
    }

    /** What cannot be given up now is when somebody looks after the lot. */
    private Mono<Void> abort(String key, String upload) {
        return call(() -> client.abortMultipartUpload(
                        request -> request.bucket(location.bucket()).key(key).uploadId(upload)))
                .then()
                .onErrorComplete();
    }

    /** An attempt that nobody heard the answer of may have done it: then the key is taken, or the upload is over. */
    private Mono<Void> confirmed(String key, long size, Throwable failure) {
        boolean mayBeDone = failure instanceof AwsServiceException answer
                && (answer.statusCode() == PRECONDITION_FAILED || answer.statusCode() == NOT_FOUND);
        return mayBeDone
                ? size(key)
                        .flatMap(there -> there == size ? Mono.empty() : Mono.error(failure))
                        .switchIfEmpty(Mono.defer(() -> Mono.error(failure)))
                        .then()
                : Mono.error(failure);
    }

    /** How long an object is; empty when there is none. */
    Mono<Long> size(String key) {
        return call(() -> client.headObject(
                        request -> request.bucket(location.bucket()).key(key)))
                .map(head -> head.contentLength())
                .onErrorResume(Bucket::isMissing, missing -> Mono.empty());
    }

    /**
     * Reads a part of an object, as fast as it is taken. An answer that breaks off, as it does when nobody takes anything of it
     * for long, is asked for again from there, as soon as somebody wants more.
     *
     * @return fails with {@link MissingObject} when there is no such object
     */
    Flux<ByteBuffer> get(String key, long start, long count) {
        return Flux.defer(() -> {
            AtomicLong at = new AtomicLong(start);
            long end = start + count;
            return new OnDemand<>(Flux.defer(() -> some(key, at.get(), end)))
                    .doOnNext(bytes -> at.addAndGet(bytes.remaining()))
                    .retryWhen(Retry.backoff(ATTEMPTS - 1L, PAUSE)
                            .transientErrors(true)
                            .filter(failure -> at.get() > start && at.get() < end && !isMissing(failure))
                            .onRetryExhaustedThrow((spec, signal) -> signal.failure()))
                    .onErrorMap(failure -> isMissing(failure) ? new MissingObject(key) : failure);
        });
    }

    private Flux<ByteBuffer> some(String key, long start, long end) {
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(location.bucket())
                .key(key)
                .range("bytes=" + start + "-" + (end - 1))
                .build();
        return call(() -> client.getObject(request, AsyncResponseTransformer.toPublisher()))
                .flatMapMany(Flux::from)
                .onErrorMap(Bucket::unwrapped);
    }

    /** Deletes an object, or finds it gone. */
    Mono<Void> delete(String key) {
        return call(() -> client.deleteObject(
                        request -> request.bucket(location.bucket()).key(key)))
                .then()
                .onErrorResume(Bucket::isMissing, gone -> Mono.empty());
    }

    /** Objects whose keys begin so, a page at a time. */
    Flux<Stored> list(String beginning) {
        return Flux.from(client.listObjectsV2Paginator(
                        request -> request.bucket(location.bucket()).prefix(beginning)))
                .concatMapIterable(page -> page.contents(), 1)
                .map(object -> new Stored(object.key(), object.size(), object.lastModified()))
                .publishOn(Schedulers.parallel())
                .onErrorMap(Bucket::unwrapped);
    }

    /** Gives up all uploads in parts whose keys begin so. */
    Mono<Void> abortAll(String beginning) {
        return Flux.from(client.listMultipartUploadsPaginator(
                        request -> request.bucket(location.bucket()).prefix(beginning)))
                .concatMapIterable(page -> page.uploads(), 1)
                .filter(upload -> upload.key().startsWith(beginning))
                .concatMap((MultipartUpload upload) -> abort(upload.key(), upload.uploadId()))
                .onErrorMap(Bucket::unwrapped)
                .then();
    }

    /** All attempts together have an end, whatever the SDK does. */
    private <T> Mono<T> call(Supplier<CompletableFuture<T>> request) {
        return Mono.fromFuture(request)
                .timeout(properties.timeout().multipliedBy(ATTEMPTS + 1L))
                .publishOn(Schedulers.parallel())
                .onErrorMap(Bucket::unwrapped);
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    static boolean isMissing(Throwable failure) {
        return failure instanceof AwsServiceException answer
                && answer.statusCode() == NOT_FOUND
                && !"NoSuchBucket".equals(code(answer));
    }

    private static String code(AwsServiceException answer) {
        return answer.awsErrorDetails() == null
                ? ""
                : Objects.requireNonNullElse(answer.awsErrorDetails().errorCode(), "");
    }

    /** What a client is told of a failure. */
    static Throwable explained(Throwable failure) {
        if (failure instanceof AwsServiceException answer
                && (answer.statusCode() == FULL || NO_ROOM.contains(code(answer)))) {
            log.warn("Uploads are refused: the bucket has no room: {}", reason(answer));
            return Problem.INSUFFICIENT_STORAGE.with(
                    "The platform has no room left for further bytes; ask its administrator");
        }
        if (isAway(failure)) {
            log.warn("The bucket does not do what it should: {}", reason(failure));
            return Problem.unavailable("The store of bytes does not answer at the moment", RETRY_AFTER_SECONDS);
        }
        return failure;
    }

    /** What breaks off in the middle of an answer comes as it is, not as one of the SDK's. */
    private static boolean isAway(Throwable failure) {
        return failure instanceof SdkException
                || failure instanceof TimeoutException
                || failure instanceof IOException
                || failure instanceof ChannelException;
    }

    private static String reason(Throwable failure) {
        return failure instanceof AwsServiceException answer
                ? answer.statusCode() + " " + code(answer)
                : Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    }

    /**
     * Does once what will be done all the time.
     *
     * @return fails with {@link UnusableBucketException} when that is not possible
     */
    public Mono<Void> tryOut() {
        byte[] some = {1, 2, 3};
        String sha256 = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81";
        String key = location.prefix() + "check/" + UUID.randomUUID();
        return put(key, some, sha256)
                .then(get(key, 0, some.length).then())
                .then(list(location.prefix() + "check/").next().then())
                .then(delete(key))
                .onErrorMap(this::unusable);
    }

    private Throwable unusable(Throwable failure) {
        String what;
        String todo;
        if (failure instanceof AwsServiceException answer && "NoSuchBucket".equals(code(answer))) {
            what = "there is no bucket " + location.bucket() + " at " + server();
            todo =
                    "Make the bucket, or set item-service.blobs (ITEM_SERVICE_BLOBS, or SLUICE_BLOBS with ./sluice up) to one"
                            + " that is there.";
        } else if (failure instanceof AwsServiceException answer) {
            what = server() + " answers " + reason(answer);
            todo = "Set item-service.s3.access-key and item-service.s3.secret-key (or what the SDK looks for, such as"
                    + " AWS_ACCESS_KEY_ID) to keys that may put, get, list and delete objects there, and"
                    + " item-service.s3.region to that of the bucket.";
        } else if (isAway(failure)) {
            what = server() + " cannot be asked: " + reason(failure);
            todo =
                    "Set item-service.s3.endpoint (ITEM_SERVICE_S3_ENDPOINT) to the address of a server that runs, and give"
                            + " keys with item-service.s3.access-key and item-service.s3.secret-key.";
        } else {
            return failure;
        }
        return new UnusableBucketException("item-service.blobs is " + location + ", but " + what, todo);
    }

    private String server() {
        return properties.endpoint() == null
                ? "Amazon S3"
                : properties.endpoint().toString();
    }

    @Override
    public void close() {
        client.close();
    }
}
