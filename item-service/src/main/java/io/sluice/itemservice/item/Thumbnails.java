package io.sluice.itemservice.item;

import io.sluice.itemservice.content.Content;
import io.sluice.itemservice.media.ThumbnailProperties;
import io.sluice.kit.mongo.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Which items have thumbnails: small pictures, each a hidden file of the same dataset, named by {@code
 * metadata.system.thumbnailId} (contract core §5.6, §5.8).
 */
@Component
class Thumbnails {

    /** The member of {@code metadata.system} with the id of the thumbnail. */
    static final String ID = "thumbnailId";

    /** The member of {@code metadata.system} that says why there will be none. */
    static final String ERROR = "thumbnailError";

    static final Set<String> KEYS = Set.of(ID, ERROR);

    static final String MIMETYPE = "image/jpeg";

    private static final ItemPath FOLDER = new ItemPath("/.dataloop/thumbnails");
    private static final Set<String> TYPES =
            Set.of("image/jpeg", "image/png", "image/webp", "image/gif", "image/tiff", "image/bmp");
    private static final int DIGEST_DIGITS = 16;

    private final Items items;
    private final ThumbnailProperties properties;

    Thumbnails(Items items, ThumbnailProperties properties) {
        this.items = items;
        this.properties = properties;
    }

    /** Metadata without what is said of a thumbnail: it belongs to one item and to its bytes. */
    static JsonObject without(JsonObject metadata) {
        JsonObject system = metadata.object(Item.SYSTEM);
        if (KEYS.stream().noneMatch(system.members()::containsKey)) {
            return metadata;
        }
        Map<String, @Nullable Object> others = new LinkedHashMap<>(system.members());
        others.keySet().removeAll(KEYS);
        return metadata.with(Item.SYSTEM, others);
    }

    /** Where the thumbnail of an item is that has those bytes. */
    static ItemPath pathOf(String itemId, String sha256) {
        return FOLDER.child(itemId + "-" + sha256.substring(0, DIGEST_DIGITS) + ".jpg");
    }

    /** Whether what is there is a thumbnail of the item, of these bytes or of others. */
    static boolean isOf(String itemId, ItemPath path) {
        return isThere(path) && path.name().startsWith(itemId + "-");
    }

    /** Whether that is where thumbnails are. */
    static boolean isThere(ItemPath path) {
        return path.parent().equals(FOLDER);
    }

    /** The thumbnail of an item; empty when it has none, or names something else. */
    Mono<Item> find(Item item) {
        return Mono.justOrEmpty(system(item).get(ID))
                .ofType(String.class)
                .flatMap(items::find)
                .filter(thumbnail -> thumbnail.datasetId().equals(item.datasetId())
                        && isOf(item.id(), thumbnail.path())
                        && thumbnail.content() != null);
    }

    /** Whether there may be one. */
    boolean isWanted(Item item) {
        return obstacle(item) == null;
    }

    /** Why there will be no thumbnail of the item as it is, in a sentence; null when nothing is in the way. */
    @Nullable
    String obstacle(Item item) {
        Content content = item.content();
        Object type = system(item).get("mimetype");
        if (content == null || !TYPES.contains(type)) {
            return "Thumbnails are made of JPEG, PNG, WebP, GIF, TIFF and BMP pictures only";
        }
        if (item.hidden()) {
            return "Of a hidden item no thumbnail is made";
        }
        if (properties.atOnce() == 0) {
            return "This platform makes no thumbnails";
        }
        if (!(system(item).get("width") instanceof Number width)
                || !(system(item).get("height") instanceof Number height)) {
            return "It cannot be read as a picture";
        }
        if (width.doubleValue() * height.doubleValue() > properties.mostPixels()) {
            return "It has more than " + properties.mostPixels() + " pixels";
        }
        Object error = system(item).get(ERROR);
        return error == null ? null : Objects.toString(error);
    }

    private static Map<String, @Nullable Object> system(Item item) {
        return item.metadata().object(Item.SYSTEM).members();
    }
}
