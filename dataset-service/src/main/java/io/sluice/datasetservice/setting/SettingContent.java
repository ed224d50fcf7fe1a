package io.sluice.datasetservice.setting;

import com.fasterxml.jackson.annotation.JsonValue;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What people say of a setting (contract core §2.7).
 *
 * @param name unique for its scope and role
 * @param valueType what kind of value it has
 * @param scope whom it is for
 * @param settingType what it is used for
 * @param value of that kind; null for none
 * @param defaultValue of that kind, for user interfaces; null for none
 * @param inputs what may be chosen from, for user interfaces
 * @param sectionName where user interfaces show it
 */
record SettingContent(
        @Nullable String name,
        @Nullable ValueType valueType,
        @Nullable SettingScope scope,
        @Nullable Use settingType,
        @Nullable Object value,
        @Nullable Object defaultValue,
        @Nullable JsonObject metadata,
        @Nullable String description,
        @Nullable Object inputs,
        @Nullable String icon,
        @Nullable String sectionName,
        @Nullable String subSectionName,
        @Nullable String hint) {

    /** The longest name, in characters. */
    static final int LONGEST_NAME = 250;

    enum ValueType {
        BOOLEAN("boolean"),
        NUMBER("number"),
        STRING("string"),
        SELECT("select"),
        MULTI_SELECT("multi-select"),
        OBJECT("object"),
        ARRAY("array");

        private final String wireName;

        ValueType(String wireName) {
            this.wireName = wireName;
        }

        /** The name in requests and replies. */
        @JsonValue
        String wireName() {
            return wireName;
        }

        private boolean fits(Object value) {
            return switch (this) {
                case BOOLEAN -> value instanceof Boolean;
                case NUMBER -> value instanceof Number;
                case STRING -> value instanceof String;
                case SELECT -> !(value instanceof Map<?, ?> || value instanceof List<?>);
                case MULTI_SELECT, ARRAY -> value instanceof List<?>;
                case OBJECT -> value instanceof Map<?, ?>;
            };
        }
    }

    enum Use {
        USER_SETTING("user_settings"),
        FEATURE_FLAG("feature_flag");

        private final String wireName;

        Use(String wireName) {
            this.wireName = wireName;
        }

        /** The name in requests and replies. */
        @JsonValue
        String wireName() {
            return wireName;
        }
    }

    /** This with a whole scope, if it can be kept; {@link Problem#VALIDATION_FAILED} if not. */
    SettingContent checked() {
        if (name == null || name.isBlank() || name.length() > LONGEST_NAME) {
            throw Problem.VALIDATION_FAILED.at("name", "must have 1 to " + LONGEST_NAME + " characters");
        }
        if (valueType == null) {
            throw Problem.VALIDATION_FAILED.at(
                    "valueType", "is missing; say boolean, number, string, select, multi-select, object or array");
        }
        if (settingType == null) {
            throw Problem.VALIDATION_FAILED.at("settingType", "is missing; say user_settings or feature_flag");
        }
        if (scope == null) {
            throw Problem.VALIDATION_FAILED.at("scope", "is missing; say whom the setting is for");
        }
        requireFits("value", valueType, value);
        requireFits("defaultValue", valueType, defaultValue);
        return new SettingContent(
                name,
                valueType,
                scope.checked(),
                settingType,
                value,
                defaultValue,
                metadata,
                description,
                inputs,
                icon,
                sectionName,
                subSectionName,
                hint);
    }

    private static void requireFits(String field, ValueType type, @Nullable Object value) {
        if (value != null && !type.fits(value)) {
            throw Problem.VALIDATION_FAILED.at(field, "must be of the valueType " + type.wireName());
        }
    }

    SettingScope wholeScope() {
        return Objects.requireNonNull(scope);
    }

    /** What no two settings share. */
    String uniqueName() {
        SettingScope whole = wholeScope();
        return Objects.requireNonNull(whole.type()).wireName() + "/" + whole.id() + "/" + whole.role() + "/" + name;
    }
}
