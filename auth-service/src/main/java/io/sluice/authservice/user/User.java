package io.sluice.authservice.user;

import io.sluice.kit.auth.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * A user as stored; {@link UserView} is what others see.
 *
 * @param email who this is, in lower case
 * @param passwordHash never leaves this service
 * @param roles platform-wide roles, {@link Caller#USER} always among them
 * @param disabledAt since when this user may not sign in; null for one who may
 * @param passwordReset by which the password can be set without the old one; null when nobody has asked for that
 */
@Document("users")
public record User(
        @Id String email,
        String firstName,
        String lastName,
        String passwordHash,
        List<String> roles,
        @Nullable Instant disabledAt,
        @Nullable PasswordReset passwordReset,
        Instant createdAt,
        Instant updatedAt,
        @Version long version) {

    /** The syntax of the HTML standard's e-mail field, at most 254 characters (RFC 5321 §4.5.3.1.3). */
    // The length comes first, so that the rest never runs on a long text.
    static final String EMAIL = "(?=.{3,254}$)[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+"
            + "@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*";

    /** A new user without rights over others. */
    public static User of(String email, String firstName, String lastName, String passwordHash, Instant now) {
        return of(email, firstName, lastName, passwordHash, List.of(Caller.USER), now);
    }

    /** A new user who may manage the others. */
    public static User administrator(String email, String passwordHash, Instant now) {
        return of(email, "Administrator", "", passwordHash, List.of(Caller.ADMINISTRATOR, Caller.USER), now);
    }

    private static User of(
            String email, String firstName, String lastName, String passwordHash, List<String> roles, Instant now) {
        return new User(idOf(email), firstName, lastName, passwordHash, roles, null, null, now, now, 0);
    }

    /** E-mail addresses that differ in case only are the same user. */
    public static String idOf(String email) {
        return email.toLowerCase(Locale.ROOT);
    }

    /** Whether this can be the e-mail address of a user. */
    public static boolean isEmail(String text) {
        return text.matches(EMAIL);
    }

    /** First and last name; the e-mail address of a user who has neither. */
    public String name() {
        String name = Stream.of(firstName, lastName)
                .filter(part -> !part.isBlank())
                .reduce("", (left, right) -> (left + " " + right).strip());
        return name.isEmpty() ? email : name;
    }

    public boolean isDisabled() {
        return disabledAt != null;
    }

    /** Whether this user can manage the others now. */
    boolean isActiveAdministrator() {
        return !isDisabled() && roles.contains(Caller.ADMINISTRATOR);
    }

    User changedTo(UserDetails details, Instant now) {
        Instant disabledSince = disabledAt == null ? now : disabledAt;
        return new User(
                email,
                details.firstName(),
                details.lastName(),
                passwordHash,
                details.roles(),
                details.disabled() ? disabledSince : null,
                passwordReset,
                createdAt,
                now,
                version);
    }

    /** With a new password, which uses up what it could have been reset by. */
    User withPassword(String newHash, Instant now) {
        return new User(email, firstName, lastName, newHash, roles, disabledAt, null, createdAt, now, version);
    }

    User with(PasswordReset reset) {
        return new User(
                email, firstName, lastName, passwordHash, roles, disabledAt, reset, createdAt, updatedAt, version);
    }

    @Override
    public String toString() {
        return "User[" + email + " " + roles + "]";
    }
}
