package io.sluice.modelservice.model;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.modelservice.configuration.ConfigurationSchema;
import io.sluice.modelservice.configuration.InvalidConfiguration;
import io.sluice.modelservice.configuration.ModelConfiguration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * What people say of a model (contract ml §D.1).
 *
 * @param name unique in its project
 * @param description empty when missing
 * @param version of the model, not of this document; 1.0.0 when missing
 * @param status one of {@link #STATUSES}; created when missing
 * @param scope who may find it; project when missing
 * @param labels what it tells apart
 * @param inputType what it looks at: image, video, audio, text; image when missing
 * @param outputType the type of annotation it makes, such as class or box; class when missing
 * @param datasetId the dataset that it learns from; null for none
 * @param configuration how it is run: whatever the one who runs it reads
 * @param artifacts its files, each with a type and where it lies
 */
record ModelContent(
        @Nullable String name,
        @Nullable String description,
        @Nullable String version,
        @Nullable String status,
        @Nullable String scope,
        @Nullable List<String> tags,
        @Nullable List<String> labels,
        @Nullable String inputType,
        @Nullable String outputType,
        @Nullable String packageId,
        @Nullable String moduleName,
        @Nullable String datasetId,
        @Nullable JsonObject configuration,
        @Nullable List<JsonObject> artifacts,
        @Nullable JsonObject metadata,
        @Nullable JsonObject app) {

    /** The members that a client may set. */
    static final Set<String> MEMBERS = Set.of(
            "name",
            "description",
            "version",
            "status",
            "scope",
            "tags",
            "labels",
            "inputType",
            "outputType",
            "packageId",
            "moduleName",
            "datasetId",
            "configuration",
            "artifacts",
            "metadata",
            "app");

    static final int LONGEST_NAME = 250;
    static final int LONGEST_TEXT = 250;
    static final int LONGEST_DESCRIPTION = 10_000;
    static final int MOST_TAGS = 1_000;
    static final int MOST_LABELS = 100_000;
    static final int MOST_ARTIFACTS = 1_000;

    /** What becomes of a model, in the order in which it usually does. */
    static final List<String> STATUSES =
            List.of("created", "cloning", "pre-trained", "pending", "training", "trained", "deployed", "failed");

    private static final List<String> SCOPES = List.of("private", "project", "org", "public");
    private static final List<String> ARTIFACT_TYPES = List.of("item", "file", "dir", "local", "link");

    /** This with what was left out, if it can be kept; {@link Problem#VALIDATION_FAILED} if not. */
    ModelContent checked() {
        if (name == null || name.isBlank() || name.length() > LONGEST_NAME || name.contains("/")) {
            // A slash would be a directory of its files.
            throw Problem.VALIDATION_FAILED.at("name", "must have 1 to " + LONGEST_NAME + " characters and no slash");
        }
        requireShort("description", description, LONGEST_DESCRIPTION);
        requireShort("version", version, LONGEST_TEXT);
        requireShort("inputType", inputType, LONGEST_TEXT);
        requireShort("outputType", outputType, LONGEST_TEXT);
        requireShort("packageId", packageId, LONGEST_TEXT);
        requireShort("moduleName", moduleName, LONGEST_TEXT);
        requireOneOf("status", status, STATUSES);
        requireOneOf("scope", scope, SCOPES);
        requireTexts("tags", tags, MOST_TAGS);
        requireTexts("labels", labels, MOST_LABELS);
        if (datasetId != null && !ObjectId.isValid(datasetId)) {
            throw Problem.VALIDATION_FAILED.at("datasetId", "must have 24 hexadecimal characters");
        }
        List<JsonObject> files = orElse(artifacts, List.of());
        if (files.size() > MOST_ARTIFACTS) {
            throw Problem.VALIDATION_FAILED.at("artifacts", "must be at most " + MOST_ARTIFACTS);
        }
        IntStream.range(0, files.size())
                .forEach(index -> requireArtifact("artifacts[" + index + "]", files.get(index)));
        ModelContent checked = new ModelContent(
                name,
                orElse(description, ""),
                orElse(version, "1.0.0"),
                orElse(status, "created"),
                orElse(scope, "project"),
                orElse(tags, List.of()),
                orElse(labels, List.of()),
                orElse(inputType, "image"),
                orElse(outputType, "class"),
                packageId,
                moduleName,
                datasetId,
                orElse(configuration, JsonObject.EMPTY),
                files,
                orElse(metadata, JsonObject.EMPTY),
                app);
        try {
            checked.declared();
            ConfigurationSchema.require(
                    Objects.requireNonNull(checked.configuration).members());
        } catch (InvalidConfiguration invalid) {
            throw Problem.VALIDATION_FAILED.at(invalid.field(), invalid.problem());
        }
        return checked;
    }

    /** What the configuration declares, once it was {@link #checked}. */
    ModelConfiguration declared() {
        return ModelConfiguration.of(Objects.requireNonNull(configuration).members(), Objects.requireNonNull(labels));
    }

    private static <T> T orElse(@Nullable T said, T missing) {
        return said == null ? missing : said;
    }

    private static void requireShort(String field, @Nullable String text, int longest) {
        if (text != null && text.length() > longest) {
            throw Problem.VALIDATION_FAILED.at(field, "must have at most " + longest + " characters");
        }
    }

    private static void requireOneOf(String field, @Nullable String text, List<String> known) {
        if (text != null && !known.contains(text)) {
            throw Problem.VALIDATION_FAILED.at(field, "must be one of " + String.join(", ", known));
        }
    }

    private static void requireTexts(String field, @Nullable List<@Nullable String> texts, int most) {
        if (texts == null) {
            return;
        }
        if (texts.size() > most) {
            throw Problem.VALIDATION_FAILED.at(field, "must be at most " + most);
        }
        IntStream.range(0, texts.size()).forEach(index -> {
            String text = texts.get(index);
            if (text == null || text.length() > LONGEST_TEXT) {
                throw Problem.VALIDATION_FAILED.at(
                        field + "[" + index + "]", "must be a text of at most " + LONGEST_TEXT + " characters");
            }
        });
    }

    private static void requireArtifact(String field, JsonObject artifact) {
        Object type = artifact.members().get("type");
        if (!(type instanceof String known) || !ARTIFACT_TYPES.contains(known)) {
            throw Problem.VALIDATION_FAILED.at(field + ".type", "must be one of " + String.join(", ", ARTIFACT_TYPES));
        }
        if (known.equals("item")
                && !(artifact.members().get("itemId") instanceof String itemId && ObjectId.isValid(itemId))) {
            throw Problem.VALIDATION_FAILED.at(field + ".itemId", "must have 24 hexadecimal characters");
        }
    }

    /** Once it was {@link #checked}. */
    String wholeName() {
        return Objects.requireNonNull(name);
    }
}
