package io.sluice.datasetservice.setting;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A setting as the published API shows it (contract core §2.7, ml §F.7). */
record SettingView(
        String id,
        String name,
        SettingContent.ValueType valueType,
        SettingScope scope,
        SettingContent.Use settingType,
        @Nullable Object value,
        @Nullable Object defaultValue,
        @Nullable JsonObject metadata,
        @Nullable String description,
        @Nullable Object inputs,
        @Nullable String icon,
        @Nullable String sectionName,
        @Nullable String subSectionName,
        @Nullable String hint,
        String url,
        String creator,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant createdAt,
        String updatedBy,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant updatedAt) {

    private static final String ISO_MILLIS = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

    static SettingView of(Setting setting, SettingContent content, String api) {
        return new SettingView(
                setting.id(),
                Objects.requireNonNull(content.name()),
                Objects.requireNonNull(content.valueType()),
                content.wholeScope(),
                Objects.requireNonNull(content.settingType()),
                content.value(),
                content.defaultValue(),
                content.metadata(),
                content.description(),
                content.inputs(),
                content.icon(),
                content.sectionName(),
                content.subSectionName(),
                content.hint(),
                api + "/settings/" + setting.id(),
                setting.creator(),
                setting.createdAt(),
                setting.updatedBy(),
                setting.updatedAt());
    }
}
