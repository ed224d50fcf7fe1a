package io.sluice.itemservice.content;

import io.sluice.itemservice.content.s3.BucketLocation;
import java.net.URI;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the item-service's store of bytes.
 *
 * @param blobs where bytes are kept: {@code file:/absolute/folder}, or {@code s3://bucket/prefix}; no default
 * @param spareSpace as much of the file system of the folder, or of the folder for uploads to a bucket, as uploads leave free,
 *     so that what shares it goes on; default 256 MB
 */
@ConfigurationProperties("item-service")
record BlobProperties(URI blobs, @DefaultValue("256MB") DataSize spareSpace) {

    BlobProperties {
        if (blobs == null || blobs.toString().isEmpty()) {
            throw new IllegalArgumentException(
                    "item-service.blobs is not set; say where bytes are kept, such as file:/var/lib/sluice/blobs");
        }
        if (BucketLocation.SCHEME.equals(blobs.getScheme())) {
            try {
                BucketLocation.parse(blobs);
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("item-service.blobs: " + wrong.getMessage(), wrong);
            }
        } else if (!"file".equals(blobs.getScheme())
                || blobs.getPath() == null
                || !blobs.getPath().startsWith("/")) {
            throw new IllegalArgumentException("item-service.blobs is " + blobs
                    + "; only a folder of this machine, such as file:/var/lib/sluice/blobs, or a bucket, such as"
                    + " s3://bucket/prefix, is supported");
        }
    }

    /** Whether bytes are kept in a bucket. */
    boolean isBucket() {
        return BucketLocation.SCHEME.equals(blobs.getScheme());
    }

    BucketLocation bucket() {
        return BucketLocation.parse(blobs);
    }

    Path folder() {
        return Path.of(blobs.getPath());
    }
}
