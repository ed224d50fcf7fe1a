package io.sluice.authservice.org;

import io.sluice.kit.auth.OrganizationRole;
import io.sluice.kit.error.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * People to whom projects and groups belong.
 *
 * @param logoUrl null for none
 * @param creator the e-mail of who made it
 * @param members at most {@link #MOST_MEMBERS}, at least one of them an owner
 */
@Document("organizations")
public record Organization(
        @Id String id,
        String name,
        @Nullable String logoUrl,
        String creator,
        List<OrganizationMember> members,
        Instant createdAt,
        Instant updatedAt,
        @Version long version) {

    static final int MOST_MEMBERS = 1_000;

    /** The longest name, in characters. */
    static final int LONGEST_NAME = 250;

    private static final Pattern NAME = Pattern.compile("[^\\p{Cc}\\p{Cs}]+");

    public Organization {
        members = List.copyOf(members);
    }

    static Organization of(String name, @Nullable String logoUrl, String creator, Instant now) {
        OrganizationMember owner = new OrganizationMember(creator, OrganizationRole.OWNER, now);
        return new Organization(ObjectId.get().toHexString(), name, logoUrl, creator, List.of(owner), now, now, 0);
    }

    /** The name, if an organization or a group may be called that; {@link Problem#VALIDATION_FAILED} if not. */
    public static String checkedName(@Nullable String name) {
        if (name == null || name.isBlank()) {
            throw Problem.VALIDATION_FAILED.at("name", "must not be empty");
        }
        if (name.length() > LONGEST_NAME) {
            throw Problem.VALIDATION_FAILED.at("name", "may have at most " + LONGEST_NAME + " characters");
        }
        if (!NAME.matcher(name).matches()) {
            throw Problem.VALIDATION_FAILED.at("name", "must not contain control characters");
        }
        return name;
    }

    /** The member of that e-mail, which is in lower case; empty for everybody else. */
    Optional<OrganizationMember> member(String email) {
        return members.stream().filter(member -> member.email().equals(email)).findFirst();
    }

    /** Whether the person of that e-mail, which is in lower case, belongs to it. */
    public boolean hasMember(String email) {
        return member(email).isPresent();
    }

    /** The owner who has been one for the longest time. */
    String owner() {
        return members.stream()
                .filter(OrganizationMember::isOwner)
                .map(OrganizationMember::email)
                .findFirst()
                .orElse(creator);
    }

    Organization renamedTo(String newName, Instant now) {
        return new Organization(id, newName, logoUrl, creator, members, createdAt, now, version);
    }

    /** With this member, in the place of one who has the same e-mail. */
    Organization with(OrganizationMember member, Instant now) {
        List<OrganizationMember> all = new ArrayList<>(members);
        all.removeIf(other -> other.email().equals(member.email()));
        all.add(member);
        return withMembers(all, now);
    }

    Organization without(OrganizationMember member, Instant now) {
        List<OrganizationMember> rest = new ArrayList<>(members);
        rest.remove(member);
        return withMembers(rest, now);
    }

    private Organization withMembers(List<OrganizationMember> changed, Instant now) {
        if (changed.size() > MOST_MEMBERS) {
            throw Problem.VALIDATION_FAILED.at(
                    "emails", "an organization may have at most " + MOST_MEMBERS + " members");
        }
        if (changed.stream().noneMatch(OrganizationMember::isOwner)) {
            throw Problem.VALIDATION_FAILED.at("email", "is the last owner; an organization must keep one");
        }
        return new Organization(id, name, logoUrl, creator, changed, createdAt, now, version);
    }
}
