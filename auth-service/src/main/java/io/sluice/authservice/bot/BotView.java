package io.sluice.authservice.bot;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.authservice.secret.Secret;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bot as the published API shows one (contract ml §F.1); times are milliseconds since 1970.
 *
 * @param role in its project; null when somebody has taken its membership away
 * @param creator the e-mail of who made it
 * @param scopes what it may do; null for everything that its role allows
 * @param secret in the answers that make one and never again
 */
record BotView(
        String id,
        String email,
        String username,
        String firstName,
        String lastName,
        String avatar,
        String type,
        @Nullable String role,
        @Nullable String org,
        String creator,
        String projectId,
        @Nullable List<String> scopes,
        long createdAt,
        long updatedAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String secret) {

    /** @param roles the roles in its project, by e-mail */
    static BotView of(Bot bot, Map<String, String> roles) {
        return of(bot, roles.get(bot.email()), null);
    }

    static BotView of(Bot bot, @Nullable String role, @Nullable Secret secret) {
        return new BotView(
                bot.id(),
                bot.email(),
                bot.email(),
                bot.name(),
                "",
                "",
                "bot",
                role,
                null,
                bot.createdBy(),
                bot.projectId(),
                bot.scopes() == null ? null : bot.scopes().stream().sorted().toList(),
                bot.createdAt().toEpochMilli(),
                bot.updatedAt().toEpochMilli(),
                secret == null ? null : secret.value());
    }

    @Override
    public String toString() {
        return "BotView[" + email + "]";
    }
}
