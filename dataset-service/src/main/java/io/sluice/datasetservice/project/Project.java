package io.sluice.datasetservice.project;

import io.sluice.datasetservice.deletion.Deletion;
import io.sluice.kit.auth.Role;
import io.sluice.kit.error.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * What a team keeps its datasets in.
 *
 * @param creator the e-mail of who made it
 * @param members at most {@link #MOST_MEMBERS}, at least one of them an owner
 * @param organizationId null while it belongs to none
 * @param groups at most {@link #MOST_GROUPS}; whose members belong to the project, too
 * @param uniqueName what no two living projects share: creator and name; unset when deletion starts
 * @param deletion null while the project is alive
 */
@Document("projects")
public record Project(
        @Id String id,
        String name,
        String creator,
        List<Member> members,
        @Nullable String organizationId,
        List<GroupMember> groups,
        Instant createdAt,
        Instant updatedAt,
        @Version long version,
        @Nullable String uniqueName,
        @Nullable Deletion deletion) {

    /** The longest name, in characters. */
    static final int LONGEST_NAME = 250;

    static final int MOST_MEMBERS = 1_000;

    static final int MOST_GROUPS = 100;

    /** Contract core §1.1. */
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{M}\\p{N} !@#$%^&*()_+\\-\\[\\]|.,]+");

    public Project {
        members = List.copyOf(members);
        // Projects of the first version are stored without it.
        groups = List.copyOf(Objects.requireNonNullElse(groups, List.of()));
    }

    static Project of(String name, String creator, Instant now) {
        Member owner = new Member(creator, Role.OWNER, now);
        return new Project(
                ObjectId.get().toHexString(),
                name,
                creator,
                List.of(owner),
                null,
                List.of(),
                now,
                now,
                0,
                uniqueName(creator, name),
                null);
    }

    static String uniqueName(String creator, String name) {
        return creator + "\n" + name;
    }

    /** The name, if a project may be called that; {@link Problem#VALIDATION_FAILED} if not. */
    static String checkedName(@Nullable String name) {
        if (name == null || name.isBlank()) {
            throw Problem.VALIDATION_FAILED.at("name", "must not be empty");
        }
        if (name.length() > LONGEST_NAME) {
            throw Problem.VALIDATION_FAILED.at("name", "may have at most " + LONGEST_NAME + " characters");
        }
        // A path with . or .. as a segment names another resource, so GET /projects/../name would never come here.
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw Problem.VALIDATION_FAILED.at(
                    "name", "may consist of letters, digits, spaces and !@#$%^&*()_+-[]|., only");
        }
        return name;
    }

    /** The member of that e-mail, which is in lower case; empty for everybody else. */
    Optional<Member> member(String email) {
        return members.stream().filter(member -> member.email().equals(email)).findFirst();
    }

    /** The highest role of the person with that e-mail, who is in these groups; empty for everybody else. */
    Optional<Role> roleOf(String email, Set<String> groupIds) {
        return Stream.concat(
                        member(email).map(Member::role).stream(),
                        groups.stream()
                                .filter(group -> groupIds.contains(group.groupId()))
                                .map(GroupMember::role))
                .min(Comparator.naturalOrder());
    }

    Project renamedTo(String newName, Instant now) {
        return new Project(
                id,
                newName,
                creator,
                members,
                organizationId,
                groups,
                createdAt,
                now,
                version,
                uniqueName(creator, newName),
                deletion);
    }

    Project in(String newOrganizationId, Instant now) {
        return new Project(
                id, name, creator, members, newOrganizationId, groups, createdAt, now, version, uniqueName, deletion);
    }

    Optional<GroupMember> group(String groupId) {
        return groups.stream().filter(group -> group.groupId().equals(groupId)).findFirst();
    }

    /** With this group, in the place of the same one with another role. */
    Project with(GroupMember group, Instant now) {
        List<GroupMember> all = new ArrayList<>(groups);
        all.removeIf(other -> other.groupId().equals(group.groupId()));
        if (all.size() == MOST_GROUPS) {
            throw Problem.VALIDATION_FAILED.at("groupId", "a project may have at most " + MOST_GROUPS + " groups");
        }
        all.add(group);
        return withGroups(all, now);
    }

    Project without(GroupMember group, Instant now) {
        List<GroupMember> rest = new ArrayList<>(groups);
        rest.remove(group);
        return withGroups(rest, now);
    }

    private Project withGroups(List<GroupMember> changed, Instant now) {
        return new Project(
                id, name, creator, members, organizationId, changed, createdAt, now, version, uniqueName, deletion);
    }

    /** With this member, in the place of one who has the same e-mail. */
    Project with(Member member, Instant now) {
        List<Member> all = new ArrayList<>(members);
        all.removeIf(other -> other.email().equals(member.email()));
        all.add(member);
        return withMembers(all, now);
    }

    Project without(Member member, Instant now) {
        List<Member> rest = new ArrayList<>(members);
        rest.remove(member);
        return withMembers(rest, now);
    }

    private Project withMembers(List<Member> changed, Instant now) {
        if (changed.size() > MOST_MEMBERS) {
            throw Problem.VALIDATION_FAILED.at("email", "a project may have at most " + MOST_MEMBERS + " members");
        }
        if (changed.stream().noneMatch(Member::isOwner)) {
            throw Problem.VALIDATION_FAILED.at("email", "is the last owner; a project must keep one");
        }
        return new Project(
                id, name, creator, changed, organizationId, groups, createdAt, now, version, uniqueName, deletion);
    }
}
