package io.sluice.authservice.user;

import io.sluice.kit.auth.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * A user as stored; {@link UserView} is what others see.
 *
 * @param email who this is, in lower case
 * @param passwordHash never leaves this service
 * @param roles platform-wide roles, {@link Caller#USER} always among them
 */
@Document("users")
public record User(
        @Id String email,
        String firstName,
        String lastName,
        String passwordHash,
        List<String> roles,
        Instant createdAt,
        Instant updatedAt,
        @Version long version) {

    /** The syntax of the HTML standard's e-mail field, at most 254 characters (RFC 5321 §4.5.3.1.3). */
    // The length comes first, so that the rest never runs on a long text.
    static final String EMAIL = "(?=.{3,254}$)[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+"
            + "@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*";

    /** A new user without rights over others. */
    public static User of(String email, String firstName, String lastName, String passwordHash, Instant now) {
        return new User(idOf(email), firstName, lastName, passwordHash, List.of(Caller.USER), now, now, 0);
    }

    /** A new user who may manage the others. */
    public static User administrator(String email, String passwordHash, Instant now) {
        List<String> roles = List.of(Caller.ADMINISTRATOR, Caller.USER);
        return new User(idOf(email), "Administrator", "", passwordHash, roles, now, now, 0);
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

    @Override
    public String toString() {
        return "User[" + email + " " + roles + "]";
    }
}
