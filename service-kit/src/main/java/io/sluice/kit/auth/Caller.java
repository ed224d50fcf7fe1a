package io.sluice.kit.auth;

import io.sluice.kit.error.Problem;
import java.util.HashSet;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.web.ErrorResponseException;

/**
 * Who sent the request, as its verified token says. A controller takes it as an argument.
 *
 * @param userId the user's e-mail in lower case, or the name of the calling service
 * @param roles platform-wide roles: {@link #ADMINISTRATOR}, {@link #USER} or {@link #SERVICE}
 * @param credentialId what the token stands on: {@code s-…} a session, {@code k-…} an API key, {@code b-…} the secret of
 *     a bot; empty for a service
 * @param reach what the token was narrowed to
 * @param token the token itself, to be relayed to other services and never to be shown
 */
public record Caller(String userId, Set<String> roles, String credentialId, Reach reach, String token) {

    /** May manage the users of the platform; is no member of anybody's project for that. */
    public static final String ADMINISTRATOR = "administrator";

    /** A person or a machine with an account. */
    public static final String USER = "user";

    /** Another service of the platform; opens {@code /internal/**} only. */
    public static final String SERVICE = "service";

    private static final String SESSION = "s-";

    static Caller service(String name, String token) {
        return new Caller(name, Set.of(SERVICE), "", Reach.EVERYTHING, token);
    }

    public boolean isAdministrator() {
        return roles.contains(ADMINISTRATOR);
    }

    public boolean isService() {
        return roles.contains(SERVICE);
    }

    /** Whether somebody has signed in for this token, as opposed to an API key. */
    public boolean isSignedIn() {
        return credentialId.startsWith(SESSION);
    }

    /**
     * Refuses what the token was narrowed not to do; whether the user may do it is another question.
     *
     * @throws ErrorResponseException {@link Problem#FORBIDDEN}
     */
    public void require(Permission permission) {
        require(Scope.of(permission));
    }

    void require(Scope scope) {
        if (!reach.allows(scope)) {
            throw outOfReach("This token was narrowed: it lacks the scope " + scope.wireName(), scope.wireName());
        }
    }

    /** The failure of a token that does not reach so far (RFC 6750 §3.1). */
    static ErrorResponseException outOfReach(String detail, String scope) {
        ErrorResponseException failure = Problem.FORBIDDEN.with(detail);
        String needed = scope.isEmpty() ? "" : ", scope=\"" + scope + "\"";
        failure.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\"" + needed);
        return failure;
    }

    /** With those of the roles that it still has. */
    Caller keeping(Set<String> current) {
        Set<String> kept = new HashSet<>(roles);
        kept.retainAll(current);
        return kept.equals(roles) ? this : new Caller(userId, Set.copyOf(kept), credentialId, reach, token);
    }

    @Override
    public String toString() {
        return "Caller[" + userId + " " + roles + "]";
    }
}
