package io.sluice.datasetservice.dataset;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for (contract core §4.2).
 *
 * @param projects exactly one id
 * @param driver the id of a storage driver
 * @param indexDriver {@code v1} or {@code v2}; null means {@code v2}
 * @param createDefaultRecipe whether a recipe and an ontology come with it; null means yes
 * @param metadata what users keep with it; its {@code system} is ignored
 */
record NewDataset(
        @Nullable String name,
        @Nullable List<@Nullable String> projects,
        @Nullable Boolean createDefaultRecipe,
        @Nullable String driver,
        @Nullable ExpirationOptions expirationOptions,
        @Nullable String indexDriver,
        @Nullable JsonObject metadata) {

    private static final int LONGEST_DRIVER = 100;
    private static final Set<String> INDEX_DRIVERS = Set.of("v1", "v2");

    /** This, if a dataset can be made of it; {@link Problem#VALIDATION_FAILED} if not. */
    NewDataset checked() {
        Dataset.checkedName(name);
        if (projects == null || projects.size() != 1 || projects.get(0) == null) {
            throw Problem.VALIDATION_FAILED.at("projects", "must be a list of exactly one project id");
        }
        if (driver != null && driver.length() > LONGEST_DRIVER) {
            throw Problem.VALIDATION_FAILED.at("driver", "must be the id of a storage driver");
        }
        if (indexDriver != null && !INDEX_DRIVERS.contains(indexDriver)) {
            throw Problem.VALIDATION_FAILED.at("indexDriver", "must be v1 or v2");
        }
        if (expirationOptions != null) {
            expirationOptions.checked();
        }
        return this;
    }

    String projectId() {
        String only = projects == null ? null : projects.get(0);
        return only == null ? "" : only;
    }

    boolean wantsRecipe() {
        return !Boolean.FALSE.equals(createDefaultRecipe);
    }
}
