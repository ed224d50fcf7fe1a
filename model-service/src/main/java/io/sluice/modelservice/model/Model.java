package io.sluice.modelservice.model;

import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.PersistenceCreator;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.mapping.Field;
import org.springframework.data.mongodb.core.mapping.FieldType;

/**
 * A model as it is stored (contract ml §D.1).
 *
 * @param version counts the changes, from 0 for a document that is not stored yet
 * @param organizationId the organization of the project when the model was made; null when it had none
 * @param uniqueName the project and the name in one: a model's files lie in a directory of its name, so no project has two
 *     models of a name
 * @param content a {@link ModelContent} in JSON
 * @param runnable the one of its files that can be run; null for none
 * @param statusLogs when its status changed, the newest last
 */
@Document(Model.COLLECTION)
public record Model(
        @Id String id,
        @Version long version,
        @Field(targetType = FieldType.OBJECT_ID) String projectId,
        @Nullable String organizationId,
        String uniqueName,
        JsonObject content,
        @Nullable RunnableFile runnable,
        List<StatusChange> statusLogs,
        String creator,
        Instant createdAt,
        String updatedBy,
        Instant updatedAt) {

    static final String COLLECTION = "models";

    /** So many changes of its status are kept, the newest. */
    static final int MOST_STATUS_LOGS = 100;

    @PersistenceCreator
    public Model {
        statusLogs = List.copyOf(statusLogs);
    }

    /** That the status became this. */
    public record StatusChange(String status, Instant timestamp, String creator) {}

    static String uniqueName(String projectId, String name) {
        return projectId + "/" + name;
    }
}
