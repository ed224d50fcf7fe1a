package io.sluice.authservice.user;

import static io.sluice.authservice.password.PasswordHashing.LONGEST;
import static io.sluice.authservice.password.PasswordHashing.SHORTEST;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an administrator says of a user to be made.
 *
 * @param email at most 254 characters, in any case
 * @param password 8 to 256 characters, any
 * @param firstName at most 100 characters; default empty
 * @param lastName at most 100 characters; default empty
 */
record NewUser(
        @NotNull @Pattern(regexp = User.EMAIL, message = "must be an e-mail address of at most 254 characters")
        String email,

        @NotNull @Size(min = SHORTEST, max = LONGEST, message = "must have {min} to {max} characters")
        String password,

        @Size(max = 100, message = "must have at most {max} characters")
        @Pattern(regexp = TEXT, message = "must not contain control characters")
        @Nullable
        String firstName,

        @Size(max = 100, message = "must have at most {max} characters")
        @Pattern(regexp = TEXT, message = "must not contain control characters")
        @Nullable
        String lastName) {

    /** By code points, not by category: the pattern is in the OpenAPI document, whose readers may not know categories. */
    private static final String TEXT = "[^\\x00-\\x1f\\x7f-\\x9f]*";

    User toUser(String passwordHash, Instant now) {
        return User.of(email, orEmpty(firstName), orEmpty(lastName), passwordHash, now);
    }

    private static String orEmpty(@Nullable String name) {
        return name == null ? "" : name;
    }

    @Override
    public String toString() {
        return "NewUser[" + email + "]";
    }
}
