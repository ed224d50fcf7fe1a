package io.sluice.itemservice.content;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.Directory;
import com.drew.metadata.Metadata;
import com.drew.metadata.bmp.BmpHeaderDirectory;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.gif.GifHeaderDirectory;
import com.drew.metadata.heif.HeifDirectory;
import com.drew.metadata.jpeg.JpegDirectory;
import com.drew.metadata.png.PngDirectory;
import com.drew.metadata.webp.WebpDirectory;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MimeTypes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looks at the beginning of a file for what it is: the members of {@code metadata.system} that describe the bytes
 * (contract core §5.1). What cannot be told is left out; nothing here fails an upload.
 */
@Component
public class MediaProbe {

    private static final Logger log = LoggerFactory.getLogger(MediaProbe.class);

    /** Formats with their directory at the end are read into memory that far, so only small ones are looked at. */
    private static final long LARGEST_SEARCHED = 64L * 1024 * 1024;

    private static final Set<String> SEARCHED = Set.of("image/tiff", "image/heic", "image/heif", "image/avif");

    /** Link, prompt and filter items are small JSON files that say so themselves (contract core §6.5). */
    private static final long LARGEST_SHEBANG = 256L * 1024;

    private static final List<SizeTags> SIZE_TAGS = List.of(
            new SizeTags(JpegDirectory.class, JpegDirectory.TAG_IMAGE_WIDTH, JpegDirectory.TAG_IMAGE_HEIGHT),
            new SizeTags(PngDirectory.class, PngDirectory.TAG_IMAGE_WIDTH, PngDirectory.TAG_IMAGE_HEIGHT),
            new SizeTags(
                    GifHeaderDirectory.class, GifHeaderDirectory.TAG_IMAGE_WIDTH, GifHeaderDirectory.TAG_IMAGE_HEIGHT),
            new SizeTags(
                    BmpHeaderDirectory.class, BmpHeaderDirectory.TAG_IMAGE_WIDTH, BmpHeaderDirectory.TAG_IMAGE_HEIGHT),
            new SizeTags(WebpDirectory.class, WebpDirectory.TAG_IMAGE_WIDTH, WebpDirectory.TAG_IMAGE_HEIGHT),
            new SizeTags(HeifDirectory.class, HeifDirectory.TAG_IMAGE_WIDTH, HeifDirectory.TAG_IMAGE_HEIGHT),
            new SizeTags(
                    ExifIFD0Directory.class, ExifIFD0Directory.TAG_IMAGE_WIDTH, ExifIFD0Directory.TAG_IMAGE_HEIGHT));

    private final MimeTypes types = MimeTypes.getDefaultMimeTypes();
    private final JsonMapper json;

    MediaProbe(JsonMapper json) {
        this.json = json;
    }

    private record SizeTags(Class<? extends Directory> directory, int width, int height) {}

    /**
     * Describes staged bytes.
     *
     * @param name the name of the file; its extension decides where the bytes do not
     */
    public Mono<Map<String, @Nullable Object>> describe(StagedContent staged, String name) {
        return Mono.fromCallable(() -> look(staged, name)).subscribeOn(Schedulers.boundedElastic());
    }

    private Map<String, @Nullable Object> look(StagedContent staged, String name) throws IOException {
        Map<String, @Nullable Object> found = new LinkedHashMap<>();
        String type = typeOf(staged.file(), name);
        found.put("mimetype", type);
        if (type.startsWith("image/")
                && (!SEARCHED.contains(type) || staged.content().size() <= LARGEST_SEARCHED)) {
            lookAtImage(staged.file(), found);
        }
        if (type.equals("application/json") && staged.content().size() <= LARGEST_SHEBANG) {
            lookForShebang(staged.file(), found);
        }
        return found;
    }

    private String typeOf(Path file, String name) throws IOException {
        var hints = new org.apache.tika.metadata.Metadata();
        hints.set(TikaCoreProperties.RESOURCE_NAME_KEY, name);
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file))) {
            return types.detect(bytes, hints).getBaseType().toString();
        }
    }

    private static void lookAtImage(Path file, Map<String, @Nullable Object> found) {
        Metadata metadata;
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file))) {
            metadata = ImageMetadataReader.readMetadata(bytes);
        } catch (ImageProcessingException | IOException | RuntimeException broken) {
            log.debug("An image cannot be looked at: {}", broken.toString());
            return;
        }
        for (SizeTags tags : SIZE_TAGS) {
            Directory directory = metadata.getFirstDirectoryOfType(tags.directory());
            if (directory != null
                    && directory.getInteger(tags.width()) != null
                    && directory.getInteger(tags.height()) != null) {
                found.put("width", directory.getInteger(tags.width()));
                found.put("height", Math.abs(directory.getInteger(tags.height())));
                break;
            }
        }
        Integer channels = channelsOf(metadata);
        if (channels != null) {
            found.put("channels", channels);
        }
        ExifIFD0Directory exif = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
        if (exif != null && exif.getInteger(ExifIFD0Directory.TAG_ORIENTATION) != null) {
            found.put("exif", Map.of("Orientation", exif.getInteger(ExifIFD0Directory.TAG_ORIENTATION)));
        }
    }

    private static @Nullable Integer channelsOf(Metadata metadata) {
        JpegDirectory jpeg = metadata.getFirstDirectoryOfType(JpegDirectory.class);
        if (jpeg != null) {
            return jpeg.getInteger(JpegDirectory.TAG_NUMBER_OF_COMPONENTS);
        }
        PngDirectory png = metadata.getFirstDirectoryOfType(PngDirectory.class);
        Integer colours = png == null ? null : png.getInteger(PngDirectory.TAG_COLOR_TYPE);
        if (colours == null) {
            return null;
        }
        // PNG (ISO/IEC 15948) §11.2.2: grey, true colour, indexed (of true colours), grey with alpha, true with alpha.
        return switch (colours) {
            case 0 -> 1;
            case 4 -> 2;
            case 2, 3 -> 3;
            case 6 -> 4;
            default -> null;
        };
    }

    private void lookForShebang(Path file, Map<String, @Nullable Object> found) {
        JsonNode document;
        try {
            document = json.readTree(file.toFile());
        } catch (JacksonException notJson) {
            return;
        }
        JsonNode described = document.path("metadata");
        if (!document.path("shebang").asString("").equals("dataloop") || !described.isObject()) {
            return;
        }
        found.put("shebang", json.convertValue(described, Map.class));
        JsonNode type = described.path("linkInfo").path("mimetype");
        if (type.isString()) {
            found.put("mimetype", type.asString());
        }
    }
}
