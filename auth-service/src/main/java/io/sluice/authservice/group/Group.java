package io.sluice.authservice.group;

import io.sluice.kit.error.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bson.types.ObjectId;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * People of an organization who can be members of a project together.
 *
 * @param owner the e-mail of the person in charge, which gives no right
 * @param creator the e-mail of who made it
 * @param members e-mails, at most {@link #MOST_MEMBERS}; who is no member of the organization any more does not count
 * @param subgroups ids of groups of the same organization whose members belong to this one, too; at most
 *     {@link #MOST_SUBGROUPS}
 */
@Document("groups")
record Group(
        @Id String id,
        String organizationId,
        String name,
        String owner,
        String creator,
        List<String> members,
        List<String> subgroups,
        Instant createdAt,
        Instant updatedAt,
        @Version long version) {

    static final int MOST_MEMBERS = 1_000;
    static final int MOST_SUBGROUPS = 100;

    Group {
        members = List.copyOf(members);
        subgroups = List.copyOf(subgroups);
    }

    static Group of(String organizationId, String name, String creator, Instant now) {
        return new Group(
                ObjectId.get().toHexString(),
                organizationId,
                name,
                creator,
                creator,
                List.of(),
                List.of(),
                now,
                now,
                0);
    }

    Group renamedTo(String newName, Instant now) {
        return new Group(id, organizationId, newName, owner, creator, members, subgroups, createdAt, now, version);
    }

    Group ownedBy(String newOwner, Instant now) {
        return new Group(id, organizationId, name, newOwner, creator, members, subgroups, createdAt, now, version);
    }

    Group withMember(String email, Instant now) {
        return withMembers(with(members, email, MOST_MEMBERS, "user_id", "members"), now);
    }

    /** {@link Problem#NOT_FOUND} when there is no such member. */
    Group withoutMember(String email, Instant now) {
        return withMembers(without(members, email, "member"), now);
    }

    Group withSubgroup(String groupId, Instant now) {
        return withSubgroups(with(subgroups, groupId, MOST_SUBGROUPS, "sub_group_id", "subgroups"), now);
    }

    /** {@link Problem#NOT_FOUND} when there is no such subgroup. */
    Group withoutSubgroup(String groupId, Instant now) {
        return withSubgroups(without(subgroups, groupId, "subgroup"), now);
    }

    private Group withMembers(List<String> changed, Instant now) {
        return new Group(id, organizationId, name, owner, creator, changed, subgroups, createdAt, now, version);
    }

    private Group withSubgroups(List<String> changed, Instant now) {
        return new Group(id, organizationId, name, owner, creator, members, changed, createdAt, now, version);
    }

    private static List<String> with(List<String> some, String one, int most, String field, String what) {
        if (some.contains(one)) {
            return some;
        }
        if (some.size() == most) {
            throw Problem.VALIDATION_FAILED.at(field, "a group may have at most " + most + " " + what);
        }
        List<String> all = new ArrayList<>(some);
        all.add(one);
        return all;
    }

    private static List<String> without(List<String> some, String one, String what) {
        List<String> rest = new ArrayList<>(some);
        if (!rest.remove(one)) {
            throw Problem.NOT_FOUND.with("No " + what + " " + one);
        }
        return rest;
    }
}
