package io.sluice.datasetservice.project;

import io.sluice.datasetservice.group.KnownGroup;
import io.sluice.kit.auth.Role;
import java.util.List;

/**
 * A group as a member of a project, as the published API shows it.
 *
 * @param org the id of its organization
 * @param members e-mails
 * @param createdAt when it was added, in milliseconds since 1970
 */
record ProjectGroupView(
        String id,
        String name,
        String org,
        Role role,
        List<String> members,
        List<String> projects,
        long createdAt,
        long updatedAt) {

    static ProjectGroupView of(GroupMember member, KnownGroup group, String projectId) {
        long addedAt = member.addedAt().toEpochMilli();
        return new ProjectGroupView(
                group.id(),
                group.name(),
                group.organizationId(),
                member.role(),
                group.members(),
                List.of(projectId),
                addedAt,
                addedAt);
    }
}
