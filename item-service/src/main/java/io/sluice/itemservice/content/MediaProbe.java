package io.sluice.itemservice.content;

import io.sluice.itemservice.media.ImageHeader;
import io.sluice.itemservice.media.MediaFacts;
import io.sluice.kit.mongo.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.tika.detect.TextDetector;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MediaType;
import org.apache.tika.mime.MimeTypes;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
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

    /** Link, prompt and filter items are small JSON files that say so themselves (contract core §6.5). */
    private static final long LARGEST_SHEBANG = 256L * 1024;

    /**
     * What most items are: with that name and that beginning there is no doubt. Tika tries all the patterns it knows on each
     * file, which was a seventh of what the processors did for an upload.
     */
    private static final Map<String, String> PLAIN_PICTURES =
            Map.of("jpg", "image/jpeg", "jpeg", "image/jpeg", "png", "image/png");

    /** What a container of videos is taken for when its name says nothing else. */
    private static final Set<String> MAYBE_VIDEO =
            Set.of("application/mp4", "application/x-matroska", "application/quicktime");

    private final MimeTypes types = MimeTypes.getDefaultMimeTypes();
    private final JsonMapper json;

    MediaProbe(JsonMapper json) {
        this.json = json;
    }

    /**
     * Describes staged bytes.
     *
     * @param name the name of the file; its extension decides where the bytes do not
     */
    public Mono<Map<String, @Nullable Object>> describe(StagedContent staged, String name) {
        return Mono.fromCallable(() -> look(staged, name)).subscribeOn(Schedulers.boundedElastic());
    }

    /** As {@link #describe}, on a thread that may wait for the disk. */
    public Map<String, @Nullable Object> look(StagedContent staged, String name) throws IOException {
        try (SeekableByteChannel bytes = staged.open()) {
            return look(bytes, name);
        }
    }

    private Map<String, @Nullable Object> look(SeekableByteChannel bytes, String name) throws IOException {
        Map<String, @Nullable Object> found = new LinkedHashMap<>();
        String expected = PLAIN_PICTURES.get(extension(name));
        if (expected != null) {
            Optional<ImageHeader> picture = ImageHeader.of(bytes).filter(header -> expected.equals(header.type()));
            if (picture.isPresent()) {
                found.put("mimetype", expected);
                put(picture.get(), found);
                return found;
            }
        }
        String type = typeOf(bytes, name);
        found.put("mimetype", type);
        if (type.startsWith("image/")) {
            ImageHeader.of(bytes).ifPresent(header -> put(header, found));
        }
        if (type.startsWith("video/") || type.startsWith("audio/") || MAYBE_VIDEO.contains(type)) {
            MediaFacts.of(bytes).ifPresent(facts -> put(facts, found));
        }
        if (type.equals("application/json") && bytes.size() <= LARGEST_SHEBANG) {
            lookForShebang(bytes, found);
        }
        return found;
    }

    private String typeOf(SeekableByteChannel bytes, String name) throws IOException {
        byte[] beginning = fromTheStart(bytes).readNBytes(types.getMinLength());
        return typeOf(beginning, name).getBaseType().toString();
    }

    /** What Tika says, which is asked only where it could know something. */
    MediaType typeOf(byte[] beginning, String name) throws IOException {
        var hints = new org.apache.tika.metadata.Metadata();
        hints.set(TikaCoreProperties.RESOURCE_NAME_KEY, name);
        if (Known.BEGINNINGS.mayKnow(beginning)) {
            return types.detect(new ByteArrayInputStream(beginning), hints);
        }
        MediaType byBytes = beginning.length == 0
                ? MediaType.OCTET_STREAM
                : new TextDetector(types.getMinLength()).detect(new ByteArrayInputStream(beginning), hints);
        MediaType byName = types.detect(null, hints);
        boolean isCloser =
                byName.equals(byBytes) || types.getMediaTypeRegistry().isSpecializationOf(byName, byBytes);
        return isCloser ? byName : byBytes;
    }

    /** Read when the first file comes for which it matters. */
    private static final class Known {

        private static final MagicNumbers BEGINNINGS = MagicNumbers.ofTika();
    }

    /** Whoever has it open closes it. */
    private static InputStream fromTheStart(SeekableByteChannel bytes) throws IOException {
        return new BufferedInputStream(Channels.newInputStream(bytes.position(0)));
    }

    private static String extension(String name) {
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static void put(ImageHeader header, Map<String, @Nullable Object> found) {
        found.put("width", header.width());
        found.put("height", header.height());
        if (header.channels() != null) {
            found.put("channels", header.channels());
        }
        if (header.orientation() != null) {
            found.put("exif", Map.of("Orientation", header.orientation()));
        }
    }

    /** Under the names that the SDK looks for, those of ffprobe among them (contract ml §A.4). */
    private static void put(MediaFacts facts, Map<String, @Nullable Object> found) {
        putIfKnown(found, "duration", facts.duration());
        if (facts.width() == null && facts.fps() == null) {
            return;
        }
        putIfKnown(found, "width", facts.width());
        putIfKnown(found, "height", facts.height());
        putIfKnown(found, "fps", facts.fps());
        Map<String, @Nullable Object> ffmpeg = new LinkedHashMap<>();
        putIfKnown(ffmpeg, "width", facts.width());
        putIfKnown(ffmpeg, "height", facts.height());
        if (facts.duration() != null) {
            ffmpeg.put("duration", facts.duration().toString());
        }
        if (facts.frames() != null) {
            ffmpeg.put("nb_frames", facts.frames().toString());
            ffmpeg.put("nb_read_frames", facts.frames().toString());
        }
        found.put("ffmpeg", ffmpeg);
    }

    private static void putIfKnown(Map<String, @Nullable Object> found, String key, @Nullable Object value) {
        if (value != null) {
            found.put(key, value);
        }
    }

    private void lookForShebang(SeekableByteChannel bytes, Map<String, @Nullable Object> found) throws IOException {
        JsonNode document;
        try {
            document = json.readTree(fromTheStart(bytes));
        } catch (JacksonException notJson) {
            return;
        }
        JsonNode described = document.path("metadata");
        if (!document.path("shebang").asString("").equals("dataloop") || !described.isObject()) {
            return;
        }
        try {
            found.put("shebang", JsonObject.requireStorable("shebang", json.convertValue(described, Map.class)));
        } catch (ErrorResponseException notToBeKept) {
            return;
        }
        JsonNode type = described.path("linkInfo").path("mimetype");
        if (type.isString()) {
            found.put("mimetype", type.asString());
        }
    }
}
