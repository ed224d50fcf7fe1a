package io.sluice.authservice.user;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.error.Problem;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What can be changed about a user. Everything else that a body says is passed over, because clients send back what they
 * have read.
 *
 * @param firstName at most 100 characters
 * @param lastName at most 100 characters
 * @param disabled whether the user may not sign in
 * @param roles {@code user}, and {@code administrator} or not
 */
record UserDetails(String firstName, String lastName, boolean disabled, List<String> roles) {

    static final int LONGEST_NAME = 100;
    private static final Pattern NAME = Pattern.compile("[^\\p{Cc}\\p{Cs}]*");
    private static final Set<String> ROLES = Set.of(Caller.USER, Caller.ADMINISTRATOR);

    /** A user about whom nothing was said. */
    static final UserDetails NONE = new UserDetails("", "", false, List.of(Caller.USER));

    static UserDetails of(User user) {
        return new UserDetails(user.firstName(), user.lastName(), user.isDisabled(), user.roles());
    }

    /** With the names of a merge patch (RFC 7396), which is all that users may change about themselves. */
    UserDetails withNames(Map<String, ? extends @Nullable Object> patch) {
        return new UserDetails(name(patch, "firstName", firstName), name(patch, "lastName", lastName), disabled, roles);
    }

    /** With everything in a merge patch that an administrator may change. */
    UserDetails with(Map<String, ? extends @Nullable Object> patch) {
        UserDetails named = withNames(patch);
        return new UserDetails(
                named.firstName(),
                named.lastName(),
                patch.containsKey("disabled") ? flag(patch.get("disabled")) : disabled,
                patch.containsKey("roles") ? roles(patch.get("roles")) : roles);
    }

    private static String name(Map<String, ? extends @Nullable Object> patch, String field, String old) {
        if (!patch.containsKey(field)) {
            return old;
        }
        Object value = patch.get(field);
        if (value == null) {
            return "";
        }
        if (!(value instanceof String name)) {
            throw Problem.VALIDATION_FAILED.at(field, "must be a text");
        }
        if (name.length() > LONGEST_NAME) {
            throw Problem.VALIDATION_FAILED.at(field, "must have at most " + LONGEST_NAME + " characters");
        }
        if (!NAME.matcher(name).matches()) {
            throw Problem.VALIDATION_FAILED.at(field, "must not contain control characters");
        }
        return name;
    }

    private static boolean flag(@Nullable Object value) {
        if (value == null) {
            return false;
        }
        if (!(value instanceof Boolean flag)) {
            throw Problem.VALIDATION_FAILED.at("disabled", "must be true or false");
        }
        return flag;
    }

    private static List<String> roles(@Nullable Object value) {
        if (value == null) {
            return NONE.roles();
        }
        if (!(value instanceof List<?> names)
                || !names.stream().allMatch(name -> name instanceof String role && ROLES.contains(role))) {
            throw Problem.VALIDATION_FAILED.at("roles", "must be a list of user and administrator");
        }
        TreeSet<String> roles = new TreeSet<>(NONE.roles());
        names.forEach(name -> roles.add(String.valueOf(name)));
        return List.copyOf(roles);
    }
}
