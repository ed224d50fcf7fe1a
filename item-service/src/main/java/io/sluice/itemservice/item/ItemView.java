package io.sluice.itemservice.item;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * An item as clients see it (contract core §5.1). Every key is always there: the SDK takes a missing one for a change
 * that it has to send back.
 */
record ItemView(
        String id,
        String datasetId,
        String type,
        String filename,
        String name,
        String dir,
        boolean hidden,
        String spec,
        String creator,
        String createdAt,
        String updatedAt,
        String updatedBy,
        boolean annotated,
        long annotationsCount,
        @Nullable String description,
        String url,
        String dataset,
        String stream,
        String thumbnail,
        String annotations,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String items,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String srcItem,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String srcDataset,
        JsonObject metadata) {

    private static final int LAST_YEAR = 9_999;

    static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** @param api the root of the API, for the links */
    static ItemView of(Item item, String api) {
        String dataset = api + "/datasets/" + item.datasetId();
        String self = api + "/items/" + item.id();
        Item.Source source = item.source();
        return new ItemView(
                item.id(),
                item.datasetId(),
                item.type(),
                item.filename(),
                item.name(),
                item.dir(),
                item.hidden(),
                source == null ? "MasterItemSpec" : "ClonedItemSpec",
                item.creator(),
                text(item.createdAt()),
                text(item.updatedAt()),
                item.updatedBy(),
                item.annotated(),
                item.annotationsCount(),
                item.description(),
                dataset + "/items/" + item.id(),
                dataset,
                self + "/stream",
                self + "/thumbnail",
                self + "/annotations",
                item.isDirectory() ? self + "/items" : null,
                source == null ? null : source.itemId(),
                source == null ? null : source.datasetId(),
                item.metadata());
    }

    /** What {@link #MILLIS} says, which takes longer for it than JSON does for the item. */
    static String text(Instant instant) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
        if (time.getYear() < 0 || time.getYear() > LAST_YEAR) {
            return MILLIS.format(instant);
        }
        char[] text = "0000-00-00T00:00:00.000Z".toCharArray();
        put(text, 3, time.getYear());
        put(text, 6, time.getMonthValue());
        put(text, 9, time.getDayOfMonth());
        put(text, 12, time.getHour());
        put(text, 15, time.getMinute());
        put(text, 18, time.getSecond());
        put(text, 22, time.getNano() / 1_000_000);
        return new String(text);
    }

    private static void put(char[] text, int lastDigit, int number) {
        for (int place = lastDigit, rest = number; rest > 0; place--, rest /= 10) {
            text[place] = (char) ('0' + rest % 10);
        }
    }
}
