package io.sluice.authservice.session;

import io.sluice.authservice.user.User;
import io.sluice.kit.auth.TokenVerifier;
import io.sluice.kit.token.SigningKeys;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Makes the tokens of people and machines: all that the platform believes about a caller stands in them. */
@Component
public class UserTokens {

    private final SigningKeys keys;

    UserTokens(SigningKeys keys) {
        this.keys = keys;
    }

    /**
     * Whom a token speaks for, and by what right.
     *
     * @param credentialId what the token stands on, the claim {@code sid}: {@code s-} and the id of a session, {@code k-}
     *     of an API key, {@code b-} of a bot; when that is gone, the token is no good any more
     * @param email of the person or the machine, in lower case
     * @param roles platform-wide roles
     * @param scope what the token is narrowed to (RFC 9068 §2.2.3); null for everything, empty for nothing
     * @param projects ids of the projects that it is narrowed to; null for all, empty for none
     */
    public record Holder(
            String credentialId,
            String email,
            String name,
            List<String> roles,
            @Nullable Set<String> scope,
            @Nullable Set<String> projects) {

        /** A user with all their rights. */
        public static Holder of(String credentialId, User user) {
            return new Holder(credentialId, user.email(), user.name(), user.roles(), null, null);
        }

        /** The same, narrowed to these scopes; null for everything. */
        public Holder within(@Nullable Set<String> narrowerScope) {
            return new Holder(credentialId, email, name, roles, narrowerScope, projects);
        }
    }

    /** A signed token, good for {@code life}. */
    public Mono<String> issue(Holder holder, Duration life) {
        Map<String, Object> claims = new HashMap<>();
        claims.put("sid", holder.credentialId());
        claims.put("email", holder.email());
        claims.put("name", holder.name());
        claims.put("roles", holder.roles());
        if (holder.scope() != null) {
            claims.put("scope", String.join(" ", new TreeSet<>(holder.scope())));
        }
        if (holder.projects() != null) {
            claims.put("projects", List.copyOf(new TreeSet<>(holder.projects())));
        }
        return keys.sign(TokenVerifier.PLATFORM, holder.email(), life, claims);
    }
}
