package io.sluice.datasetservice.dataset;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.time.Clock;
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
        Dataset edited = dataset.edited(
                name, metadata, expiration, dataset.readonly(), dataset.updatedBy(), dataset.updatedAt());
        if (edited.equals(dataset)) {
            return Mono.just(dataset);
        }
        return datasets.save(dataset.edited(
                        name, limit.checked(metadata), expiration, dataset.readonly(), editor, clock.instant()))
                .onErrorMap(DuplicateKeyException.class, taken -> DatasetCreation.nameTaken(name));
    }

    Mono<Dataset> unlock(Dataset dataset, String editor) {
        if (!dataset.readonly()) {
            throw Problem.VALIDATION_FAILED.with("dataset is not locked");
        }
        return datasets.save(dataset.edited(
                dataset.name(), dataset.metadata(), dataset.expirationOptions(), false, editor, clock.instant()));
    }

    private static JsonObject merged(JsonObject metadata, @Nullable JsonObject patch, boolean withSystem) {
        if (patch == null) {
            return metadata;
        }
        boolean erasesSystem = patch.members().get(Dataset.SYSTEM) == null;
        return metadata.merged(
                withSystem && !erasesSystem
                        ? patch.members()
                        : patch.without(Dataset.SYSTEM).members());
    }
}
