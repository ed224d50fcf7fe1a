package io.sluice.kit.idempotency;

import java.time.Instant;
import java.util.List;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * What became of a key: who carries its request out, or what was answered.
 *
 * @param id the digest of user, method, path and key
 * @param holder the one attempt that may carry the request out, and nobody after it
 * @param heldUntil when it is taken for dead, unless it has said meanwhile that it is not
 * @param expiresAt when the key is forgotten
 * @param request what a repeat must be; null until a form has come to its end
 * @param answer null while the request is carried out
 */
@Document("idempotency_keys")
record KeyUse(
        @Id String id,
        String holder,
        Instant heldUntil,
        Instant expiresAt,
        @Nullable Request request,
        @Nullable Answer answer) {

    /**
     * What tells a request from others with the same key.
     *
     * @param digest of all that must be the same in a repeat
     * @param length of the body in bytes; a form of another length may be the same, because its boundary may be
     */
    record Request(String digest, long length) {

        boolean isSameAs(Request other) {
            return digest.equals(other.digest);
        }
    }

    /**
     * The first final answer.
     *
     * @param headers those that the operation has set
     * @param body null when it was too large to be kept
     */
    record Answer(
            int status, List<Header> headers, @Nullable Binary body) {}

    record Header(String name, List<String> values) {}
}
