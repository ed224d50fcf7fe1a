package io.sluice.itemservice.content.s3;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How a bucket is reached, where {@code item-service.blobs} names one.
 *
 * @param endpoint address of the server, {@code http} or {@code https}; default: that of Amazon in the region
 * @param region the region that requests are signed for; default: {@code us-east-1} with an endpoint, else what the SDK finds
 * @param pathStyle whether the bucket stands in the path and not in the name of the host; default: with an endpoint
 * @param accessKey who asks; default, also of the secret key: what the chain of the SDK finds (environment, profile, role)
 * @param secretKey what requests are signed with; never printed
 * @param spool a folder of this machine for uploads until the bucket has them; default: {@code sluice-spool} where temporary
 *     files are
 * @param partSize a file that is longer is sent in parts of so many bytes, 5 MB to 1 GB; default 8 MB
 * @param partsAtOnce parts that one replica sends at the same time, 1 to 256; default 8
 * @param putsAtOnce small files of one bulk upload that are sent at the same time, 1 to 256; default 32
 * @param connections as many connections one replica has at most, 2 to 1000; default 64
 * @param timeout how long one attempt of a request may take, and how long nothing may come of an answer, 1 s to 10 min;
 *     default 30 s; there are three attempts
 */
@ConfigurationProperties("item-service.s3")
public record S3Properties(
        @Nullable URI endpoint,
        @Nullable String region,
        @Nullable Boolean pathStyle,
        @Nullable String accessKey,
        @Nullable String secretKey,
        @Nullable Path spool,
        @DefaultValue("8MB") DataSize partSize,
        @DefaultValue("8") int partsAtOnce,
        @DefaultValue("32") int putsAtOnce,
        @DefaultValue("64") int connections,
        @DefaultValue("30s") Duration timeout) {

    private static final int MOST_AT_ONCE = 256;
    private static final int MOST_CONNECTIONS = 1000;
    private static final DataSize SMALLEST_PART = DataSize.ofMegabytes(5);
    private static final DataSize LARGEST_PART = DataSize.ofGigabytes(1);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    public S3Properties {
        endpoint = endpoint == null || endpoint.toString().isEmpty() ? null : endpoint;
        region = blankToNull(region);
        accessKey = blankToNull(accessKey);
        secretKey = blankToNull(secretKey);
        spool = spool == null || spool.toString().isEmpty() ? null : spool;
        require(
                endpoint == null
                        || String.valueOf(endpoint.getScheme()).matches("https?") && endpoint.getHost() != null,
                "endpoint",
                "an http or https address, such as http://127.0.0.1:7070");
        require((accessKey == null) == (secretKey == null), "access-key", "set together with secret-key");
        require(
                partSize.compareTo(SMALLEST_PART) >= 0 && partSize.compareTo(LARGEST_PART) <= 0,
                "part-size",
                "5MB to 1GB");
        require(partsAtOnce >= 1 && partsAtOnce <= MOST_AT_ONCE, "parts-at-once", "1 to 256");
        require(putsAtOnce >= 1 && putsAtOnce <= MOST_AT_ONCE, "puts-at-once", "1 to 256");
        require(connections >= 2 && connections <= MOST_CONNECTIONS, "connections", "2 to 1000");
        require(timeout.compareTo(SHORTEST) >= 0 && timeout.compareTo(LONGEST) <= 0, "timeout", "1s to 10m");
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    private static void require(boolean isRight, String name, String what) {
        if (!isRight) {
            throw new IllegalArgumentException("item-service.s3." + name + " must be " + what);
        }
    }

    /** The folder for uploads. */
    public Path spoolFolder() {
        return Objects.requireNonNullElseGet(
                spool, () -> Path.of(System.getProperty("java.io.tmpdir"), "sluice-spool"));
    }

    boolean hasPathStyle() {
        return Objects.requireNonNullElse(pathStyle, endpoint != null);
    }

    /** Keys are secrets. */
    @Override
    public String toString() {
        return "S3Properties[endpoint=" + endpoint + ", region=" + region + "]";
    }
}
