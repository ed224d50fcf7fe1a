package io.sluice.datasetservice.project;

import io.sluice.datasetservice.group.GroupDirectory;
import io.sluice.datasetservice.project.MemberController.MemberRole;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The groups that are members of a project. A change is answered by the list as it is then. */
@RestController
@RequestMapping("/api/v1/projects/{projectId}/subgroups")
@Tag(name = "Projects")
class ProjectGroupController {

    private final ProjectAccess access;
    private final ProjectGroups members;
    private final GroupDirectory groups;

    ProjectGroupController(ProjectAccess access, ProjectGroups members, GroupDirectory groups) {
        this.access = access;
        this.members = members;
        this.groups = groups;
    }

    @Operation(summary = "The groups whose members belong to a project, each with the role")
    @GetMapping
    @Requires(Permission.READ_PROJECT)
    Mono<List<ProjectGroupView>> list(Caller caller, @PathVariable String projectId) {
        return access.require(caller, projectId, Permission.READ_PROJECT)
                .map(Membership::project)
                .flatMap(this::views);
    }

    @Operation(summary = "Let the members of a group belong to a project")
    @PostMapping("/{groupId}")
    @Requires(Permission.MANAGE_MEMBERS)
    Mono<List<ProjectGroupView>> add(
            Caller caller, @PathVariable String projectId, @PathVariable String groupId, @RequestBody MemberRole body) {
        return members.add(caller, projectId, groupId, body.checked()).flatMap(this::views);
    }

    @Operation(summary = "Change a group's role in a project")
    @PatchMapping("/{groupId}")
    @Requires(Permission.MANAGE_MEMBERS)
    Mono<List<ProjectGroupView>> update(
            Caller caller, @PathVariable String projectId, @PathVariable String groupId, @RequestBody MemberRole body) {
        return members.update(caller, projectId, groupId, body.checked()).flatMap(this::views);
    }

    @Operation(summary = "Remove a group from a project")
    @DeleteMapping("/{groupId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Requires(Permission.MANAGE_MEMBERS)
    Mono<Void> remove(Caller caller, @PathVariable String projectId, @PathVariable String groupId) {
        return members.remove(caller, projectId, groupId).then();
    }

    /** A group that has been deleted is not shown. */
    private Mono<List<ProjectGroupView>> views(Project project) {
        List<String> ids = project.groups().stream().map(GroupMember::groupId).toList();
        return groups.find(ids)
                .flatMapIterable(group -> project.group(group.id()).stream()
                        .map(member -> ProjectGroupView.of(member, group, project.id()))
                        .toList())
                .collectList();
    }
}
