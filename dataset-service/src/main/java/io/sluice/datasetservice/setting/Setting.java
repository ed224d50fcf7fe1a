package io.sluice.datasetservice.setting;

import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * A setting as it is stored.
 *
 * @param content a {@link SettingContent} in JSON
 * @param uniqueName what no two settings share: scope, role and name
 * @param owner the scope alone: type and id, by which the settings of somebody are found
 * @param projectId the project whose members see it; null when it is for a user, an organization or the platform
 */
@Document("settings")
record Setting(
        @Id String id,
        JsonObject content,
        String uniqueName,
        String owner,
        @Nullable String projectId,
        String creator,
        Instant createdAt,
        String updatedBy,
        Instant updatedAt,
        @Version long version) {

    /** What {@link #owner} is for a scope. */
    static String owner(SettingScope.Type type, String id) {
        return type.wireName() + "/" + id;
    }
}
