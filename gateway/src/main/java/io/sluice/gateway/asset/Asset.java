package io.sluice.gateway.asset;

import io.sluice.kit.web.ETag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * A file of the class path, read once.
 *
 * @param content in memory
 * @param tag by its content
 */
public record Asset(MediaType type, Resource content, ETag tag) {

    public static final MediaType HTML = MediaType.parseMediaType("text/html;charset=UTF-8");
    public static final MediaType SCRIPT = MediaType.parseMediaType("text/javascript;charset=UTF-8");
    public static final MediaType STYLE = MediaType.parseMediaType("text/css;charset=UTF-8");

    /** The file; one that cannot be read ends the start. */
    public static Asset read(MediaType type, Resource file) {
        try {
            byte[] content = file.getContentAsByteArray();
            // Latin-1 has a character for each byte.
            ETag tag = ETag.of(new String(content, StandardCharsets.ISO_8859_1));
            return new Asset(type, new ByteArrayResource(content), tag);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The beginning of the answer that is this file; {@link ResponseEntity.BodyBuilder#body} ends it. */
    public ResponseEntity.BodyBuilder reply(CacheControl caching) {
        return ResponseEntity.ok().contentType(type).cacheControl(caching).eTag(tag.value());
    }
}
