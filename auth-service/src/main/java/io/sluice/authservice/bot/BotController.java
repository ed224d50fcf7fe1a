package io.sluice.authservice.bot;

import io.sluice.authservice.departure.Departures;
import io.sluice.authservice.project.ProjectRoles;
import io.sluice.authservice.secret.Secret;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The bots of a project (contract ml §F.1), for those who may manage its members. */
@RestController
@RequestMapping("/api/v1/projects/{projectId}/bots")
@Tag(name = "Bots")
class BotController {

    static final int MOST_IN_A_PROJECT = 100;

    private final BotRepository bots;
    private final ProjectClient projects;
    private final ProjectRoles roles;
    private final Departures departures;
    private final PublicUrl publicUrl;
    private final Clock clock;

    BotController(
            BotRepository bots,
            ProjectClient projects,
            ProjectRoles roles,
            Departures departures,
            PublicUrl publicUrl,
            Clock clock) {
        this.bots = bots;
        this.projects = projects;
        this.roles = roles;
        this.departures = departures;
        this.publicUrl = publicUrl;
        this.clock = clock;
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Make a bot and a member of the project of it; its secret is in this answer only")
    @Requires(Permission.MANAGE_MEMBERS)
    Mono<ResponseEntity<BotView>> create(
            @PathVariable String projectId,
            @Valid @RequestBody NewBot wanted,
            Caller caller,
            ServerHttpRequest request) {
        Secret secret = Secret.random();
        return roles.require(caller, projectId, Permission.MANAGE_MEMBERS)
                .then(Mono.defer(() -> bots.countByProjectId(projectId)))
                .flatMap(count -> count < MOST_IN_A_PROJECT
                        ? bots.insert(Bot.of(
                                projectId,
                                wanted.nameOrDefault(),
                                secret,
                                wanted.scopeNames(),
                                caller.userId(),
                                clock.instant()))
                        : Mono.error(() -> Problem.VALIDATION_FAILED.with(
                                "A project may have at most " + MOST_IN_A_PROJECT + " bots")))
                .flatMap(bot -> join(bot, wanted, caller))
                .map(bot -> ResponseEntity.created(
                                URI.create(publicUrl.api(request) + "/projects/" + projectId + "/bots/" + bot.id()))
                        .cacheControl(CacheControl.noStore())
                        .body(BotView.of(bot, wanted.roleOrDefault().wireName(), secret)));
    }

    /** Nobody has seen the secret of a bot that could not become a member, so it may go again. */
    private Mono<Bot> join(Bot bot, NewBot wanted, Caller caller) {
        return projects.addMember(caller, bot.projectId(), bot.email(), wanted.roleOrDefault())
                .onErrorResume(failure -> departures.begin(bot.email()).then(Mono.error(failure)))
                .thenReturn(bot);
    }

    @GetMapping
    @Operation(summary = "The bots of a project")
    @Requires(Permission.MANAGE_MEMBERS)
    Mono<List<BotView>> list(@PathVariable String projectId, Caller caller) {
        return roles.require(caller, projectId, Permission.MANAGE_MEMBERS)
                .then(Mono.defer(() -> projects.roles(caller, projectId)))
                .flatMap(roles -> bots.findByProjectIdOrderById(projectId)
                        .map(bot -> BotView.of(bot, roles))
                        .collectList());
    }

    @GetMapping("/{botId}")
    @Operation(summary = "One bot")
    @Requires(Permission.MANAGE_MEMBERS)
    Mono<BotView> get(@PathVariable String projectId, @PathVariable String botId, Caller caller) {
        return find(projectId, botId, caller)
                .flatMap(bot -> projects.roles(caller, projectId).map(roles -> BotView.of(bot, roles)));
    }

    @DeleteMapping("/{botId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete a bot; what it has made stays")
    @Requires(Permission.MANAGE_MEMBERS)
    Mono<Void> delete(@PathVariable String projectId, @PathVariable String botId, Caller caller) {
        return find(projectId, botId, caller).flatMap(bot -> departures.begin(bot.email()));
    }

    @PostMapping("/{botId}/rotate")
    @Operation(summary = "Give a bot a new secret, which is in this answer only; the old one and its tokens end")
    @Requires(Permission.MANAGE_MEMBERS)
    Mono<ResponseEntity<BotView>> rotate(@PathVariable String projectId, @PathVariable String botId, Caller caller) {
        Secret secret = Secret.random();
        return find(projectId, botId, caller)
                .flatMap(bot -> bots.save(bot.with(secret, clock.instant())))
                .flatMap(bot ->
                        projects.roles(caller, projectId).map(roles -> BotView.of(bot, roles.get(bot.email()), secret)))
                .map(view ->
                        ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(view));
    }

    /** Ids and addresses are both taken for the id: the SDK knows a bot by either. */
    private Mono<Bot> find(String projectId, String botId, Caller caller) {
        return roles.require(caller, projectId, Permission.MANAGE_MEMBERS)
                .then(Mono.defer(() -> Mono.justOrEmpty(Bot.idOf(botId))))
                .flatMap(id -> bots.findByIdAndProjectId(id, projectId))
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No bot " + botId)));
    }
}
