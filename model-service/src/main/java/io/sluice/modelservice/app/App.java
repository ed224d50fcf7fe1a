package io.sluice.modelservice.app;

import io.sluice.kit.mongo.JsonObject;
import io.sluice.modelservice.dpk.DpkRevision;
import io.sluice.modelservice.dpk.FoundDpk;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.mapping.Field;
import org.springframework.data.mongodb.core.mapping.FieldType;

/**
 * An app as it is stored.
 *
 * @param changes counts the changes, from 0 for a document that is not stored yet
 * @param uniqueName the project and the name in one
 * @param revisionId the version of the DPK
 * @param content what else people say of it: {@link #MEMBERS}
 */
@Document(App.COLLECTION)
record App(
        @Id String id,
        @Version long changes,
        @Field(targetType = FieldType.OBJECT_ID) String projectId,
        @Nullable String organizationId,
        String uniqueName,
        String name,
        @Field(targetType = FieldType.OBJECT_ID) String dpkId,
        String dpkName,
        String dpkVersion,
        @Field(targetType = FieldType.OBJECT_ID) String revisionId,
        Status status,
        JsonObject content,
        String creator,
        Instant createdAt,
        String updatedBy,
        Instant updatedAt) {

    static final String COLLECTION = "apps";
    static final String CUSTOM_INSTALLATION = "customInstallation";
    static final List<String> MEMBERS = List.of(CUSTOM_INSTALLATION, "settings", "integrations");

    /** Whether its models are made, and whether somebody has paused it; in the words of the SDK. */
    enum Status {
        INITIALIZING("Initializing"),
        INSTALLED("Installed"),
        UNINSTALLED("Uninstalled");

        private final String wireName;

        Status(String wireName) {
            this.wireName = wireName;
        }

        String wireName() {
            return wireName;
        }
    }

    static String uniqueName(String projectId, String name) {
        return projectId + "/" + name;
    }

    App with(Status status, String updatedBy, Instant now) {
        return with(name, dpkVersion, revisionId, content, status, updatedBy, now);
    }

    /** @param installed a version of the same DPK */
    App with(String name, FoundDpk installed, JsonObject content, Status status, String updatedBy, Instant now) {
        return with(name, installed.revision().version(), installed.revision().id(), content, status, updatedBy, now);
    }

    private App with(
            String name,
            String dpkVersion,
            String revisionId,
            JsonObject content,
            Status status,
            String updatedBy,
            Instant now) {
        return new App(
                id,
                changes,
                projectId,
                organizationId,
                uniqueName(projectId, name),
                name,
                dpkId,
                dpkName,
                dpkVersion,
                revisionId,
                status,
                content,
                creator,
                createdAt,
                updatedBy,
                now);
    }

    /** The models that it brings: those of its own installation where it has one, else those of the DPK. */
    static List<JsonObject> models(JsonObject content, DpkRevision revision) {
        JsonObject custom = content.object(CUSTOM_INSTALLATION);
        return custom.members().containsKey("components")
                ? DpkRevision.models(custom.object("components"))
                : revision.models();
    }
}
