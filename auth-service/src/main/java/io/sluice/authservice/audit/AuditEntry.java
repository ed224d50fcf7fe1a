package io.sluice.authservice.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.kit.audit.AuditEvent;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An entry of the log as the published API shows it, and what we say beyond that. */
record AuditEntry(
        @JsonProperty("_id") String id,
        String time,
        Context ctx,
        String user,
        String entityType,
        String eventType,
        String entityId,
        @Nullable String entityName,
        String service,
        String operation,
        int status,
        String address,
        String requestId,
        List<AuditEvent.Change> changes,
        long sequence,
        String hash) {

    static final String CSV_HEAD =
            "time,user,action,entityType,entityId,entityName,project,org,service,operation,status,address,requestId,"
                    + "sequence,hash\r\n";

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Context(@Nullable String project, @Nullable String org) {}

    static AuditEntry of(AuditRecord entry) {
        AuditEvent event = entry.event();
        return new AuditEntry(
                event.id(),
                event.time().toString(),
                new Context(event.projectId(), event.organizationId()),
                event.user(),
                event.entityType(),
                event.eventType(),
                event.entityId(),
                event.entityName(),
                event.service(),
                event.operation(),
                event.status(),
                event.address(),
                event.requestId(),
                event.changes(),
                entry.sequence(),
                entry.hash());
    }

    /** A line of RFC 4180. */
    String csv() {
        return Stream.of(
                        time,
                        user,
                        eventType,
                        entityType,
                        entityId,
                        entityName,
                        ctx.project(),
                        ctx.org(),
                        service,
                        operation,
                        Integer.toString(status),
                        address,
                        requestId,
                        Long.toString(sequence),
                        hash)
                .map(AuditEntry::cell)
                .collect(Collectors.joining(",", "", "\r\n"));
    }

    /** An apostrophe keeps spreadsheets from taking a text for a formula. */
    private static String cell(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return "";
        }
        String harmless = "=+-@\t\r".indexOf(text.charAt(0)) < 0 ? text : "'" + text;
        return '"' + harmless.replace("\"", "\"\"") + '"';
    }
}
