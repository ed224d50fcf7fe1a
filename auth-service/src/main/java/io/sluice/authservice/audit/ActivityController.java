package io.sluice.authservice.audit;

import io.sluice.authservice.project.ProjectRoles;
import io.sluice.kit.audit.AuditEvent;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What was done in a project lately, for its members; the log itself tells more, and to fewer. */
@RestController
@Tag(name = "Activities")
class ActivityController {

    private final AuditLog log;
    private final ProjectRoles projects;

    ActivityController(AuditLog log, ProjectRoles projects) {
        this.log = log;
        this.projects = projects;
    }

    record Activity(
            String id,
            String time,
            String user,
            String action,
            String entityType,
            String entityId,
            @Nullable String entityName) {

        static Activity of(AuditEvent event) {
            return new Activity(
                    event.id(),
                    event.time().toString(),
                    event.user(),
                    event.eventType(),
                    event.entityType(),
                    event.entityId(),
                    event.entityName());
        }
    }

    /** @param activities the last first */
    record Activities(String projectId, List<Activity> activities) {}

    @GetMapping("/api/v1/activities/")
    @Operation(
            summary = "What was done in a project lately",
            description = "The last hundred changes, from the audit log; what was refused is not among them.")
    @Requires(Permission.READ_PROJECT)
    Mono<Activities> list(
            Caller caller, @Parameter(description = "The id of the project") @RequestParam String projectId) {
        return projects.require(caller, projectId, Permission.READ_PROJECT)
                .thenMany(log.lastOf(projectId))
                .map(Activity::of)
                .collectList()
                .map(found -> new Activities(projectId, found));
    }
}
