package io.sluice.modelservice.dpk;

import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.mapping.Field;
import org.springframework.data.mongodb.core.mapping.FieldType;

/**
 * What all versions of a DPK have in common.
 *
 * @param changes counts the changes, from 0 for a document that is not stored yet
 * @param organizationId the organization whose projects may have it; null when its own project alone may
 * @param uniqueName the project and the name in one
 * @param sharedName the organization and the name in one; the same as {@code uniqueName} when it is not shared
 * @param about how it is shown: may change without a new version
 * @param latest the id of the highest version; null while there is none
 * @param version that version
 */
@Document(Dpk.COLLECTION)
public record Dpk(
        @Id String id,
        @Version long changes,
        @Field(targetType = FieldType.OBJECT_ID) String projectId,
        @Nullable String organizationId,
        String uniqueName,
        String sharedName,
        String name,
        JsonObject about,
        @Nullable String latest,
        @Nullable String version,
        String creator,
        Instant createdAt,
        Instant updatedAt) {

    static final String COLLECTION = "dpks";

    static String nameIn(String owner, String name) {
        return owner + "/" + name;
    }

    static String nameIn(String projectId, @Nullable String organizationId, String name) {
        return nameIn(organizationId == null ? projectId : "organization/" + organizationId, name);
    }

    Dpk with(@Nullable String latest, @Nullable String version, Instant now) {
        return new Dpk(
                id,
                changes,
                projectId,
                organizationId,
                uniqueName,
                sharedName,
                name,
                about,
                latest,
                version,
                creator,
                createdAt,
                now);
    }

    Dpk shown(JsonObject about, @Nullable String organizationId, Instant now) {
        return new Dpk(
                id,
                changes,
                projectId,
                organizationId,
                uniqueName,
                nameIn(projectId, organizationId, name),
                name,
                about,
                latest,
                version,
                creator,
                createdAt,
                now);
    }
}
