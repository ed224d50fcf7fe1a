package io.sluice.authservice.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.kit.audit.AuditEvent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * An entry of the log. Its hash covers that of the one before it, so none can be changed, removed or put in between
 * without all that follow being made anew.
 *
 * @param sequence counts up from 1 without a gap
 * @param eventId what keeps an event that is sent twice from being entered twice
 * @param previousHash of the entry before; {@link #BEGINNING} in the first
 * @param hash SHA-256, as 64 hexadecimal digits
 */
@Document("audit_log")
record AuditRecord(@Id long sequence, String eventId, AuditEvent event, String previousHash, String hash) {

    static final String BEGINNING = "0".repeat(64);

    /** Its own, so that no setting changes what was hashed. A field that is null is not part of the hash. */
    private static final JsonMapper CANONICAL = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .changeDefaultPropertyInclusion(
                    ignored -> JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    /** The entry that follows the one with that sequence and hash. */
    static AuditRecord after(long sequence, String previousHash, AuditEvent event) {
        return new AuditRecord(
                sequence + 1, event.id(), event, previousHash, hashOf(sequence + 1, previousHash, event));
    }

    /** Whether nothing in it has been changed since it was made. */
    boolean isIntact() {
        return hash.equals(hashOf(sequence, previousHash, event)) && eventId.equals(event.id());
    }

    private static String hashOf(long sequence, String previousHash, AuditEvent event) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((sequence + "\n" + previousHash + "\n").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(CANONICAL.writeValueAsBytes(event)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
