package io.sluice.kit.access;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Role;
import io.sluice.kit.command.CommandOrder;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What the caller may do in a dataset, as the dataset-service says.
 *
 * @param datasetId the dataset
 * @param projectId the project it belongs to
 * @param role the caller's role there
 * @param readonly whether nothing in it may be changed at the moment
 * @param organizationId the organization of the project; null when it belongs to none
 * @param srcDataset the dataset that it was cloned from; null when it is no clone
 * @param strictLabels whether annotations have labels of its ontologies only; null means no
 * @param freshForMillis how long this may be remembered
 */
public record DatasetAccess(
        String datasetId,
        String projectId,
        String role,
        boolean readonly,
        @Nullable String organizationId,
        @Nullable String srcDataset,
        @Nullable Boolean strictLabels,
        long freshForMillis) {

    /** @throws org.springframework.web.ErrorResponseException {@link Problem#FORBIDDEN} */
    public void require(Caller caller, Permission permission) {
        requireRole(caller, permission);
        if (readonly && permission != Permission.READ_ITEM) {
            throw Problem.FORBIDDEN.with("The dataset is locked; nothing in it can be changed until it is unlocked");
        }
    }

    /** Work on the dataset that is to be done later. */
    public CommandOrder order(String type, JsonObject what) {
        return new CommandOrder(type, projectId, datasetId, what, null);
    }

    public boolean hasStrictLabels() {
        return Boolean.TRUE.equals(strictLabels);
    }

    /**
     * As {@link #require}, also in a locked dataset: for what changes nothing in it.
     *
     * @throws org.springframework.web.ErrorResponseException {@link Problem#FORBIDDEN}
     */
    public void requireRole(Caller caller, Permission permission) {
        caller.require(permission);
        if (!Role.named(role).map(known -> known.may(permission)).orElse(false)) {
            throw Problem.FORBIDDEN.with("The role " + role + " may not do this: " + permission);
        }
    }
}
