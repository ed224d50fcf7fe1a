package io.sluice.kit.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * Something that was done or refused. Waits in the service where it happened until auth-service has it.
 *
 * @param service where it happened
 * @param user the e-mail of who did it; empty when nobody was signed in
 * @param operation method and path of the operation, such as {@code PATCH /api/v1/projects/{projectId}}
 * @param eventType {@code created}, {@code updated}, {@code deleted}, {@code signedIn} or {@code refused}
 * @param entityType such as {@code project}
 * @param entityId empty when it was not to be found out
 * @param status of the answer
 * @param address of the client, as the gate or trusted proxies before it saw it, at most 256
 *     characters; the gate's own word is the last
 * @param changes the documents that were written; at most {@link Recording#MOST_CHANGES}
 */
@Document("audit_outbox")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AuditEvent(
        @Id String id,
        Instant time,
        String service,
        String user,
        String operation,
        String eventType,
        String entityType,
        String entityId,
        @Nullable String entityName,
        @Nullable String organizationId,
        @Nullable String projectId,
        int status,
        String address,
        String requestId,
        List<Change> changes) {

    /**
     * A document that was written.
     *
     * @param before SHA-256 of the document as it was stored; null when it was made
     * @param after SHA-256 of the document as it is stored now; null when it is deleted
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Change(
            String collection,
            String id,
            @Nullable String before,
            @Nullable String after) {}
}
