package io.sluice.itemservice.item;

import java.time.Instant;
import java.util.List;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * An export whose files are there, or are being written, and go when its time has come.
 *
 * @param id that of its command
 */
@Document("exports")
record Export(@Id String id, String datasetId, Instant expiresAt) {

    /** Where exports are (contract core §5.8). */
    private static final ItemPath FOLDER = new ItemPath("/.dataloop/exports");

    /** The one file of an export. */
    static ItemPath file(String commandId, String extension) {
        return FOLDER.child(commandId + "." + extension);
    }

    /** One file of an export that has many. */
    static ItemPath part(String commandId, String name) {
        return FOLDER.child(commandId).child(name);
    }

    /** Wherever it may have put something. */
    List<ItemPath> paths() {
        return List.of(file(id, "json"), file(id, "zip"), FOLDER.child(id));
    }
}
