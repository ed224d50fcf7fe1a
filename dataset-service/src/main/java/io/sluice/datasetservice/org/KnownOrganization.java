package io.sluice.datasetservice.org;

import io.sluice.kit.auth.OrganizationRole;
import org.jspecify.annotations.Nullable;

/**
 * What auth-service says about an organization.
 *
 * @param role of the person that was asked about; null when that is no member
 */
public record KnownOrganization(
        String id, String name, @Nullable OrganizationRole role) {}
