package io.sluice.itemservice.item;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
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

    private static final DateTimeFormatter MILLIS =
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

    private static String text(Instant instant) {
        return MILLIS.format(instant);
    }
}
