package io.sluice.authservice.audit;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.sluice.authservice.audit.AuditLog.Search;
import io.sluice.authservice.audit.AuditVerification.Finding;
import io.sluice.authservice.org.OrganizationAccess;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.paging.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The log of changes and refusals. Without an organization it is that of the whole platform, for its administrators only.
 */
@RestController
@RequestMapping("/api/v1/audit")
@Tag(name = "Audit")
class AuditController {

    private static final MediaType CSV = MediaType.parseMediaType("text/csv;charset=UTF-8");

    private final AuditLog log;
    private final AuditVerification verification;
    private final OrganizationAccess organizations;

    AuditController(AuditLog log, AuditVerification verification, OrganizationAccess organizations) {
        this.log = log;
        this.verification = verification;
        this.organizations = organizations;
    }

    /** As the published API has it; {@code user} is one e-mail or a list of them, {@code page} counts from 0. */
    record LogQuery(
            @Nullable String orgId,
            @Nullable String fromDate,
            @Nullable String toDate,
            @Nullable Integer page,
            @Nullable Integer pageSize,
            @Nullable String sortBy,
            @Nullable Boolean descending,

            @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable
            List<String> user,

            @Nullable String action,
            @Nullable String entityName,
            @Nullable String entityType,
            @Nullable String id) {

        Search search() {
            return new Search(
                    orgId,
                    fromDate,
                    toDate,
                    emails(user),
                    action,
                    entityName,
                    entityType,
                    id,
                    sortBy,
                    descending == null || descending);
        }
    }

    @PostMapping("/logs")
    @Operation(summary = "One page of the log of an organization")
    @Requires(Permission.READ_AUDIT_LOG)
    Mono<Page<AuditEntry>> query(Caller caller, @RequestBody LogQuery query) {
        return allowed(caller, query.search())
                .flatMap(search -> log.page(
                        search,
                        query.page() == null ? 0 : query.page(),
                        query.pageSize() == null ? 100 : query.pageSize()));
    }

    @GetMapping("/logs/csv")
    @Operation(summary = "The log of an organization as CSV")
    @Requires(Permission.READ_AUDIT_LOG)
    Mono<ResponseEntity<Flux<String>>> csv(
            Caller caller,
            @Parameter(description = "The id of the organization; none for the whole platform")
                    @RequestParam(defaultValue = "")
                    String orgId,
            @Parameter(description = "From when on, in ISO 8601 or milliseconds since 1970")
                    @RequestParam(required = false)
                    @Nullable
                    String fromDate,
            @Parameter(description = "Until when") @RequestParam(required = false) @Nullable String toDate,
            @Parameter(description = "The e-mail addresses of those who did it") @RequestParam(defaultValue = "")
                    List<String> user,
            @Parameter(description = "What was done") @RequestParam(required = false) @Nullable String action,
            @Parameter(description = "The name of what it was done to") @RequestParam(required = false) @Nullable
                    String entityName,
            @Parameter(description = "The kind of what it was done to") @RequestParam(required = false) @Nullable
                    String entityType,
            @Parameter(description = "The id of what it was done to") @RequestParam(required = false) @Nullable
                    String entityId,
            @Parameter(description = "The field to sort by") @RequestParam(required = false) @Nullable String sortBy,
            @Parameter(description = "Whether the last comes first") @RequestParam(defaultValue = "true")
                    boolean descending) {
        Search wanted = new Search(
                orgId, fromDate, toDate, emails(user), action, entityName, entityType, entityId, sortBy, descending);
        return allowed(caller, wanted)
                .map(search -> ResponseEntity.ok()
                        .contentType(CSV)
                        .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"audit-log.csv\"")
                        .body(Flux.concat(
                                Flux.just(AuditEntry.CSV_HEAD), log.all(search).map(AuditEntry::csv))));
    }

    @GetMapping("/verification")
    @Operation(summary = "Read the whole log and tell whether an entry was changed or removed")
    @OpenTo(Audience.ADMINISTRATOR)
    Mono<Finding> verify() {
        return verification.verify();
    }

    private Mono<Search> allowed(Caller caller, Search search) {
        String organizationId = search.checkedFor(caller).organizationId();
        return organizationId == null || organizationId.isEmpty()
                ? Mono.just(search)
                : organizations
                        .require(caller, organizationId, Permission.READ_AUDIT_LOG)
                        .thenReturn(search);
    }

    private static List<String> emails(@Nullable List<String> users) {
        return users == null
                ? List.of()
                : users.stream().map(user -> user.toLowerCase(Locale.ROOT)).toList();
    }
}
