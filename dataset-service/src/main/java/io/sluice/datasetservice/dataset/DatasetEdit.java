package io.sluice.datasetservice.dataset;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Changes one dataset that was just read; fails when it is no longer the same. */
@Component
class DatasetEdit {

    private final DatasetRepository datasets;
    private final MetadataLimit limit;
    private final Clock clock;

    DatasetEdit(DatasetRepository datasets, MetadataLimit limit, Clock clock) {
        this.datasets = datasets;
        this.limit = limit;
        this.clock = clock;
    }

    /**
     * Applies a patch.
     *
     * @param withSystem whether {@code metadata.system} may be changed; if not, that part of the patch is ignored
     */
    Mono<Dataset> apply(DatasetPatch patch, boolean withSystem, Dataset dataset, String editor) {
        String name = patch.name() == null ? dataset.name() : patch.name();
        if (!name.equals(dataset.name())) {
            if (dataset.system()) {
                throw Problem.FORBIDDEN.with("The dataset " + dataset.name() + " cannot be renamed");
            }
            Dataset.checkedName(name);
        }
        JsonObject metadata = merged(dataset.metadata(), patch.metadata(), withSystem);
        ExpirationOptions expiration = patch.expirationOptions() == null
                ? dataset.expirationOptions()
                : patch.expirationOptions().checked();
        Dataset edited = dataset.edited(name, metadata, expiration, dataset.updatedBy(), dataset.updatedAt());
        if (edited.equals(dataset)) {
            return Mono.just(dataset);
        }
        return datasets.save(dataset.edited(name, limit.checked(metadata), expiration, editor, clock.instant()))
                .onErrorMap(DuplicateKeyException.class, taken -> DatasetCreation.nameTaken(name));
    }

    Mono<Dataset> unlock(Dataset dataset, String editor) {
        if (!dataset.isReadonly(clock.instant())) {
            throw Problem.VALIDATION_FAILED.with("dataset is not locked");
        }
        return datasets.save(dataset.unlocked()
                .edited(dataset.name(), dataset.metadata(), dataset.expirationOptions(), editor, clock.instant()));
    }

    private static JsonObject merged(JsonObject metadata, @Nullable JsonObject patch, boolean withSystem) {
        if (patch == null) {
            return metadata;
        }
        JsonObject users = patch.without(Dataset.SYSTEM);
        Object system = patch.members().get(Dataset.SYSTEM);
        return metadata.merged(
                withSystem && system != null
                        ? users.with(Dataset.SYSTEM, checkedSystem(patch, system))
                                .members()
                        : users.members());
    }

    /** The platform and the SDK need {@code metadata.system.recipes} to be there and to be a list of ids. */
    private static JsonObject checkedSystem(JsonObject patch, Object given) {
        if (!(given instanceof Map<?, ?>)) {
            throw Problem.VALIDATION_FAILED.at("metadata.system", "must be an object");
        }
        JsonObject system = patch.object(Dataset.SYSTEM);
        Object strict = system.members().get(Dataset.STRICT_LABELS);
        if (strict != null && !(strict instanceof Boolean)) {
            throw Problem.VALIDATION_FAILED.at("metadata.system.strictLabels", "must be true or false");
        }
        Object recipes = system.members().get(Dataset.RECIPES);
        if (recipes == null) {
            return system.without(Dataset.RECIPES);
        }
        if (!(recipes instanceof List<?> ids) || !ids.stream().allMatch(String.class::isInstance)) {
            throw Problem.VALIDATION_FAILED.at("metadata.system.recipes", "must be a list of recipe ids");
        }
        return system;
    }
}
