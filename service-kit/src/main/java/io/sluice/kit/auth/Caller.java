package io.sluice.kit.auth;

import java.util.Set;

/**
 * Who sent the request, as its verified token says. A controller takes it as an argument.
 *
 * @param userId the user's e-mail in lower case, or the name of the calling service
 * @param roles platform-wide roles: {@link #ADMINISTRATOR}, {@link #USER} or {@link #SERVICE}
 * @param token the token itself, to be relayed to other services and never to be shown
 */
public record Caller(String userId, Set<String> roles, String token) {

    /** May manage the users of the platform; is no member of anybody's project for that. */
    public static final String ADMINISTRATOR = "administrator";

    /** A person or a machine with an account. */
    public static final String USER = "user";

    /** Another service of the platform; opens {@code /internal/**} only. */
    public static final String SERVICE = "service";

    public boolean isAdministrator() {
        return roles.contains(ADMINISTRATOR);
    }

    public boolean isService() {
        return roles.contains(SERVICE);
    }

    @Override
    public String toString() {
        return "Caller[" + userId + " " + roles + "]";
    }
}
