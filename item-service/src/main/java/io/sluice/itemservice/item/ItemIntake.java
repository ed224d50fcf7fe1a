package io.sluice.itemservice.item;

import io.sluice.itemservice.annotation.AnnotationIntake;
import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.ReleasedBlobs;
import io.sluice.itemservice.dataset.GoneDatasets;
import io.sluice.itemservice.item.GivenItem.Said;
import io.sluice.kit.access.DatasetAccess;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The way in for files that come by the thousand: what bulk uploads know of items. */
@Component
public class ItemIntake {

    private static final String METADATA = "metadata";
    private static final String DESCRIPTION = "description";

    final Items items;
    final Directories directories;
    final ItemEdit edit;
    final ItemRevisions revisions;
    final AnnotationIntake annotations;
    final BlobStore blobs;
    final ReleasedBlobs released;
    final ThumbnailJobs thumbnails;
    final ProjectQuota quota;
    final DatasetClient datasets;
    final GoneDatasets gone;
    final Clock clock;

    ItemIntake(
            Items items,
            Directories directories,
            ItemEdit edit,
            ItemRevisions revisions,
            AnnotationIntake annotations,
            BlobStore blobs,
            ReleasedBlobs released,
            ThumbnailJobs thumbnails,
            ProjectQuota quota,
            DatasetClient datasets,
            GoneDatasets gone,
            Clock clock) {
        this.items = items;
        this.directories = directories;
        this.edit = edit;
        this.revisions = revisions;
        this.annotations = annotations;
        this.blobs = blobs;
        this.released = released;
        this.thumbnails = thumbnails;
        this.quota = quota;
        this.datasets = datasets;
        this.gone = gone;
        this.clock = clock;
    }

    /** Begins to take files into a dataset. */
    public Intake into(DatasetAccess access, Caller caller, boolean overwrites) {
        return new Intake(this, access, caller, overwrites);
    }

    /**
     * The path of a file, as it is stored.
     *
     * @throws org.springframework.web.ErrorResponseException {@link Problem#VALIDATION_FAILED}
     */
    public static String requirePath(String field, String given) {
        return ItemPath.ofFile(field, given).value();
    }

    /** As {@link #requirePath}, of a directory. */
    public static String requireDirectory(String field, String given) {
        return ItemPath.ofDirectory(field, given).value();
    }

    /**
     * Reads what is said of a file: {@code metadata}, {@code description} and {@code annotations}; other members are not
     * looked at.
     *
     * @throws org.springframework.web.ErrorResponseException {@link Problem#VALIDATION_FAILED} naming the field, or
     *     {@link Problem#CONTENT_TOO_LARGE}
     */
    public Said said(Map<String, @Nullable Object> given) {
        Object description = given.get(DESCRIPTION);
        if (description != null && !(description instanceof String)) {
            throw Problem.VALIDATION_FAILED.at(DESCRIPTION, "must be a text");
        }
        return new Said(
                metadata(given.get(METADATA)),
                given.containsKey(DESCRIPTION),
                description == null
                        ? null
                        : ItemPatch.description(JsonObject.requireStorable(DESCRIPTION, (String) description)),
                annotations.parse(given.get("annotations")));
    }

    private static JsonObject metadata(@Nullable Object given) {
        if (given == null) {
            return JsonObject.EMPTY;
        }
        if (!(given instanceof Map<?, ?> map)) {
            throw Problem.VALIDATION_FAILED.at(METADATA, "must be an object");
        }
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        map.forEach((key, value) -> members.put(String.valueOf(key), value));
        ItemPatch.requireUserObject(members);
        JsonObject metadata = new JsonObject(JsonObject.requireStorable(METADATA, members));
        ItemPatch.requireFitting(metadata);
        return metadata;
    }
}
