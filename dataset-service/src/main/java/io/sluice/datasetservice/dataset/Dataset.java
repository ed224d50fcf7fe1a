package io.sluice.datasetservice.dataset;

import io.sluice.datasetservice.deletion.Deletion;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * A collection of items in a project.
 *
 * @param metadata what users keep with it; {@code metadata.system.recipes} names its recipes
 * @param driver the id of the storage driver; null for the platform's own storage
 * @param readonly whether it is locked, or was until its locks ran out
 * @param system whether the platform made it for itself: the hidden {@link #BINARIES} of a project
 * @param srcDataset the dataset that it was cloned from; null when it is no clone
 * @param uniqueName what no two living datasets share: project and name; unset when deletion starts
 * @param deletion null while the dataset is alive
 * @param locks who has locked it and until when; null when nobody has
 */
@Document("datasets")
record Dataset(
        @Id String id,
        String projectId,
        String name,
        String creator,
        JsonObject metadata,
        @Nullable String driver,
        @Nullable ExpirationOptions expirationOptions,
        String indexDriver,
        boolean readonly,
        boolean system,
        Instant createdAt,
        Instant updatedAt,
        String updatedBy,
        @Version long version,
        @Nullable String srcDataset,
        @Nullable String uniqueName,
        @Nullable Deletion deletion,
        @Nullable List<Lock> locks) {

    /** The dataset in which the platform and the SDK keep what belongs to a project (contract core §4.1). */
    static final String BINARIES = "Binaries";

    /** The longest name, in characters. */
    static final int LONGEST_NAME = 250;

    static final String SYSTEM = "system";
    static final String RECIPES = "recipes";

    /** Whether annotations have labels of the ontologies only; absent means no, as the SDK expects. */
    static final String STRICT_LABELS = "strictLabels";

    private static final String DEFAULT_INDEX_DRIVER = "v2";

    static Dataset of(String projectId, String name, String creator, Instant now) {
        return new Dataset(
                ObjectId.get().toHexString(),
                projectId,
                name,
                creator,
                JsonObject.EMPTY.with(SYSTEM, JsonObject.EMPTY.with(RECIPES, List.of())),
                null,
                null,
                DEFAULT_INDEX_DRIVER,
                false,
                false,
                now,
                now,
                creator,
                0,
                null,
                uniqueName(projectId, name),
                null,
                null);
    }

    static Dataset binaries(String projectId, String creator, Instant now) {
        Dataset plain = of(projectId, BINARIES, creator, now);
        return new Dataset(
                plain.id,
                projectId,
                BINARIES,
                creator,
                plain.metadata,
                null,
                null,
                DEFAULT_INDEX_DRIVER,
                false,
                true,
                now,
                now,
                creator,
                0,
                null,
                plain.uniqueName,
                null,
                null);
    }

    static String uniqueName(String projectId, String name) {
        return projectId + "/" + name;
    }

    /** The name, if a dataset may be called that; {@link Problem#VALIDATION_FAILED} if not. */
    static String checkedName(@Nullable String name) {
        if (name == null || name.isBlank()) {
            throw Problem.VALIDATION_FAILED.at("name", "must not be empty");
        }
        if (name.length() > LONGEST_NAME) {
            throw Problem.VALIDATION_FAILED.at("name", "may have at most " + LONGEST_NAME + " characters");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw Problem.VALIDATION_FAILED.at("name", "must not hold control characters");
        }
        return name;
    }

    /** The recipes by which this dataset is labelled. */
    List<String> recipeIds() {
        return recipeIds(metadata);
    }

    static List<String> recipeIds(JsonObject metadata) {
        return metadata.object(SYSTEM).members().get(RECIPES) instanceof List<?> ids
                ? ids.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : List.of();
    }

    Dataset madeWith(
            JsonObject given,
            @Nullable String newDriver,
            @Nullable ExpirationOptions expiration,
            @Nullable String index) {
        return new Dataset(
                id,
                projectId,
                name,
                creator,
                given,
                newDriver,
                expiration,
                index == null ? indexDriver : index,
                readonly,
                system,
                createdAt,
                updatedAt,
                updatedBy,
                version,
                srcDataset,
                uniqueName,
                deletion,
                locks);
    }

    /** This one with an id that was chosen before, labelled by those recipes. */
    Dataset copyOf(String chosenId, List<String> recipeIds, @Nullable String source) {
        return new Dataset(
                chosenId,
                projectId,
                name,
                creator,
                JsonObject.EMPTY.with(SYSTEM, JsonObject.EMPTY.with(RECIPES, recipeIds)),
                driver,
                expirationOptions,
                indexDriver,
                readonly,
                system,
                createdAt,
                updatedAt,
                updatedBy,
                version,
                source,
                uniqueName,
                deletion,
                locks);
    }

    Dataset edited(
            String newName,
            JsonObject newMetadata,
            @Nullable ExpirationOptions newExpiration,
            String editor,
            Instant now) {
        return new Dataset(
                id,
                projectId,
                newName,
                creator,
                newMetadata,
                driver,
                newExpiration,
                indexDriver,
                readonly,
                system,
                createdAt,
                now,
                editor,
                version,
                srcDataset,
                uniqueName(projectId, newName),
                deletion,
                locks);
    }

    /** Whether nothing in it may be changed at that time. */
    boolean isReadonly(Instant now) {
        return Lock.holds(readonly, locks, now);
    }

    /** This dataset with the lock of one holder; null to take that away. What has run out goes, too. */
    Dataset lockedBy(String holder, @Nullable Instant until, Instant now) {
        List<Lock> held = new ArrayList<>();
        if (locks != null) {
            locks.stream()
                    .filter(lock ->
                            !lock.holder().equals(holder) && lock.until().isAfter(now))
                    .forEach(held::add);
        }
        if (until != null) {
            held.add(new Lock(holder, until));
        }
        return withLocks(held);
    }

    /** This dataset without any lock. */
    Dataset unlocked() {
        return withLocks(List.of());
    }

    /** A lock is of no concern to who last changed the dataset and when. */
    private Dataset withLocks(List<Lock> held) {
        return new Dataset(
                id,
                projectId,
                name,
                creator,
                metadata,
                driver,
                expirationOptions,
                indexDriver,
                !held.isEmpty(),
                system,
                createdAt,
                updatedAt,
                updatedBy,
                version,
                srcDataset,
                uniqueName,
                deletion,
                held.isEmpty() ? null : held);
    }
}
