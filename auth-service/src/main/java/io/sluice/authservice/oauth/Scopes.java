package io.sluice.authservice.oauth;

import io.sluice.kit.auth.Scope;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a token can be narrowed to. */
final class Scopes {

    /** Asks for an id token (OpenID Connect Core §3.1.2.1). */
    static final String OPENID = "openid";

    /** What asks for claims or refresh tokens, which everybody gets anyway. */
    private static final List<String> OF_OPENID = List.of(OPENID, "profile", "email", "offline_access");

    private Scopes() {}

    static List<String> all() {
        return Stream.concat(Arrays.stream(Scope.values()).map(Scope::wireName), OF_OPENID.stream())
                .toList();
    }

    /**
     * What was asked for; null when nothing was, which means everything there is to have. Whoever names only scopes of
     * OpenID Connect gets just those: a token that opens nothing here.
     *
     * @param most what there is to have; null for everything
     * @throws OAuthFailure for a scope that nobody knows or that this caller cannot have
     */
    static @Nullable Set<String> wanted(Optional<String> scope, @Nullable Set<String> most) {
        if (scope.isEmpty()) {
            return most;
        }
        Set<String> wanted =
                new LinkedHashSet<>(Arrays.asList(scope.get().strip().split(" +")));
        boolean isKnown = all().containsAll(wanted);
        boolean isWithin =
                most == null || wanted.stream().allMatch(name -> most.contains(name) || OF_OPENID.contains(name));
        if (!isKnown || !isWithin) {
            throw new OAuthFailure(OAuthFailure.Code.INVALID_SCOPE, "scope names something that cannot be had");
        }
        return wanted;
    }

    /** Whoever may write may read, too. */
    private static boolean isIn(Set<String> most, String name) {
        return most.contains(name) || most.contains(name.replace(":read", ":write"));
    }
}
