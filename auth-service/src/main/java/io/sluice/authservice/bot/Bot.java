package io.sluice.authservice.bot;

import io.sluice.authservice.secret.Secret;
import io.sluice.kit.auth.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * A bot as stored. Its role is kept with its project.
 *
 * @param secretId which secret this is; a new one gets another id, so that tokens had by the old one end
 * @param secretDigest SHA-256 of the secret, which itself is shown once and never stored
 * @param scopes names of what it may do; null for everything that its role allows
 * @param createdBy the e-mail of who made it
 */
@Document("bots")
record Bot(
        @Id String id,
        String projectId,
        String name,
        String secretId,
        String secretDigest,
        @Nullable Set<String> scopes,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Version long version) {

    /** What the {@code sid} of a bot's tokens starts with. */
    static final String CREDENTIAL = "b-";

    static final List<String> ROLES = List.of(Caller.USER);

    private static final Pattern ID_OR_EMAIL =
            Pattern.compile("([0-9a-f]{24})|bot-([0-9a-f]{24})@bots\\.sluice\\.local");

    static Bot of(
            String projectId, String name, Secret secret, @Nullable Set<String> scopes, String createdBy, Instant now) {
        return new Bot(
                new ObjectId().toHexString(),
                projectId,
                name,
                new ObjectId().toHexString(),
                secret.digest(),
                scopes,
                createdBy,
                now,
                now,
                0);
    }

    /** The id in an e-mail address of ours, or the id itself; empty for anything else, in whatever case it is. */
    static Optional<String> idOf(String idOrEmail) {
        Matcher matcher = ID_OR_EMAIL.matcher(idOrEmail.toLowerCase(Locale.ROOT));
        return matcher.matches()
                ? Optional.of(matcher.group(1) == null ? matcher.group(2) : matcher.group(1))
                : Optional.empty();
    }

    /** Made of the id, so that no two share one and it needs no index. */
    String email() {
        return "bot-" + id + "@bots.sluice.local";
    }

    String credentialId() {
        return CREDENTIAL + secretId;
    }

    Bot with(Secret secret, Instant now) {
        return new Bot(
                id,
                projectId,
                name,
                new ObjectId().toHexString(),
                secret.digest(),
                scopes,
                createdBy,
                createdAt,
                now,
                version);
    }

    @Override
    public String toString() {
        return "Bot[" + email() + " of " + projectId + "]";
    }
}
