package io.sluice.datasetservice.project;

import io.sluice.kit.auth.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A project as the published API shows it to one of its members (contract core §3.1).
 *
 * @param role the caller's own
 * @param org null while the project belongs to none
 * @param groups their ids
 * @param createdAt milliseconds since 1970
 */
record ProjectView(
        String id,
        String name,
        String url,
        String creator,
        @Nullable OrganizationRef org,
        @Nullable String account,
        Role role,
        boolean isBlocked,
        boolean archived,
        boolean systemProject,
        List<String> featureConstraints,
        List<String> groups,
        List<String> guests,
        List<Contributor> contributors,
        long createdAt,
        long updatedAt) {

    static ProjectView of(
            Membership membership, List<Contributor> contributors, @Nullable OrganizationRef organization, String api) {
        Project project = membership.project();
        return new ProjectView(
                project.id(),
                project.name(),
                api + "/projects/" + project.id(),
                project.creator(),
                organization,
                null,
                membership.role(),
                false,
                false,
                false,
                List.of(),
                project.groups().stream().map(GroupMember::groupId).toList(),
                List.of(),
                contributors,
                project.createdAt().toEpochMilli(),
                project.updatedAt().toEpochMilli());
    }
}
