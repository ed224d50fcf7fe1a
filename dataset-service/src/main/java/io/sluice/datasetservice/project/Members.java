package io.sluice.datasetservice.project;

import static org.springframework.data.mongodb.core.query.Criteria.where;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Role;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import java.time.Clock;
import java.util.function.UnaryOperator;
import org.bson.Document;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;

/** Changes who belongs to a project. Two changes at once are done one after the other; none is lost. */
@Component
class Members {

    private final ProjectRepository projects;
    private final ProjectAccess access;
    private final ReactiveMongoTemplate mongo;
    private final Clock clock;

    Members(ProjectRepository projects, ProjectAccess access, ReactiveMongoTemplate mongo, Clock clock) {
        this.projects = projects;
        this.access = access;
        this.mongo = mongo;
        this.clock = clock;
    }

    /**
     * Adds a member. Adding one again changes nothing, because the SDK repeats a request whose answer it has not seen;
     * with another role it is {@link Problem#ALREADY_EXISTS}, unless {@code allowUpdate}.
     */
    Mono<Project> add(Caller caller, String projectId, String email, Role role, boolean allowUpdate) {
        return change(caller, projectId, project -> {
            Member member = project.member(email).orElse(null);
            if (member == null) {
                return project.with(new Member(email, role, clock.instant()), clock.instant());
            }
            if (member.role() != role && !allowUpdate) {
                throw Problem.ALREADY_EXISTS.with(email + " is a member already, as "
                        + member.role().wireName() + "; use PATCH to change the role");
            }
            return withRole(project, member, role);
        });
    }

    Mono<Project> update(Caller caller, String projectId, String email, Role role) {
        return change(caller, projectId, project -> withRole(project, required(project, email), role));
    }

    Mono<Project> remove(Caller caller, String projectId, String email) {
        return change(caller, projectId, project -> project.without(required(project, email), clock.instant()));
    }

    /**
     * Ends all memberships of somebody whose account has ended, also where that leaves a project without an owner: a
     * project that nobody owns is better than one that belongs to whoever gets that address next.
     */
    Mono<Void> endAll(String email) {
        Query theirs = Query.query(where("members.email").is(email));
        Update end = new Update()
                .pull("members", new Document("email", email))
                .set("updatedAt", clock.instant())
                .inc("version", 1);
        return mongo.updateMulti(theirs, end, Project.class).then();
    }

    private Project withRole(Project project, Member member, Role role) {
        return member.role() == role
                ? project
                : project.with(new Member(member.email(), role, member.addedAt()), clock.instant());
    }

    private Mono<Project> change(Caller caller, String projectId, UnaryOperator<Project> edit) {
        return Mono.defer(() -> access.require(caller, projectId, Permission.MANAGE_MEMBERS))
                .map(Membership::project)
                .flatMap(project -> {
                    Project changed = edit.apply(project);
                    return changed.equals(project) ? Mono.just(project) : projects.save(changed);
                })
                .retryWhen(Conflicts.retried());
    }

    private static Member required(Project project, String email) {
        return project.member(email).orElseThrow(() -> noMember(email));
    }

    private static ErrorResponseException noMember(String email) {
        return Problem.NOT_FOUND.with("No member " + email);
    }
}
