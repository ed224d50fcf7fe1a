package io.sluice.authservice.group;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group as the published API shows it; times are milliseconds since 1970.
 *
 * @param org the id of its organization
 * @param members e-mails
 * @param projects always empty: who is a member of what is kept with the projects
 * @param subgroups null but in a tree
 */
record GroupView(
        String id,
        String name,
        String url,
        String org,
        String owner,
        String creator,
        List<String> members,
        List<String> projects,
        @Nullable List<GroupView> subgroups,
        long createdAt,
        long updatedAt) {

    static GroupView of(Group group, String api) {
        return of(group, null, api);
    }

    static GroupView of(Group group, @Nullable List<GroupView> subgroups, String api) {
        return new GroupView(
                group.id(),
                group.name(),
                api + "/groups/" + group.id(),
                group.organizationId(),
                group.owner(),
                group.creator(),
                group.members(),
                List.of(),
                subgroups,
                group.createdAt().toEpochMilli(),
                group.updatedAt().toEpochMilli());
    }
}
