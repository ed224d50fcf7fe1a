package io.sluice.itemservice.content.s3;

import java.net.URI;

/**
 * Where in an S3 server bytes are kept.
 *
 * @param bucket its name
 * @param prefix what all keys begin with: empty, or ending with a slash
 */
public record BucketLocation(String bucket, String prefix) {

    public static final String SCHEME = "s3";

    /**
     * Reads {@code s3://bucket} or {@code s3://bucket/prefix}.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static BucketLocation parse(URI location) {
        String text = location.toString();
        if (!text.matches("s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()/-]*)?")) {
            throw new IllegalArgumentException(text
                    + " is not s3:// with the name of a bucket and, perhaps, a prefix, such as s3://bucket/sluice");
        }
        String[] parts = text.substring("s3://".length()).split("/", 2);
        String prefix =
                parts.length < 2 ? "" : parts[1].replaceAll("/{2,}", "/").replaceAll("^/|/$", "");
        return new BucketLocation(parts[0], prefix.isEmpty() ? "" : prefix + "/");
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + prefix;
    }
}
