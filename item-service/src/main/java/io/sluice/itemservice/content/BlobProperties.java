package io.sluice.itemservice.content;

import java.net.URI;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the item-service's store of bytes.
 *
 * @param blobs where bytes are kept: {@code file:/absolute/folder}; no default
 * @param spareSpace as much of the folder's file system as uploads leave free, so that what shares it goes on; default
 *     256 MB
 */
@ConfigurationProperties("item-service")
record BlobProperties(URI blobs, @DefaultValue("256MB") DataSize spareSpace) {

    BlobProperties {
        if (blobs == null || blobs.toString().isEmpty()) {
            throw new IllegalArgumentException(
                    "item-service.blobs is not set; say where bytes are kept, such as file:/var/lib/sluice/blobs");
        }
        if (!"file".equals(blobs.getScheme())
                || blobs.getPath() == null
                || !blobs.getPath().startsWith("/")) {
            throw new IllegalArgumentException("item-service.blobs is " + blobs
                    + "; only a folder of this machine is supported, such as file:/var/lib/sluice/blobs");
        }
    }

    Path folder() {
        return Path.of(blobs.getPath());
    }
}
