package io.sluice.itemservice.command;

import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.audit.Recording;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.command.Command;
import io.sluice.kit.command.Commands;
import io.sluice.kit.error.Problem;
import io.sluice.kit.link.Link;
import io.sluice.kit.paging.Cursor;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Commands: how far they are, and the end of one that nobody wants any more (contract core §8). */
@RestController
@RequestMapping("/api/v1/commands")
@Tag(name = "Commands")
class CommandController {

    private final Commands commands;
    private final DatasetClient datasets;
    private final PublicUrl publicUrl;

    CommandController(Commands commands, DatasetClient datasets, PublicUrl publicUrl) {
        this.commands = commands;
        this.datasets = datasets;
        this.publicUrl = publicUrl;
    }

    @GetMapping
    @Operation(
            summary = "List your commands",
            description = "The newest first. The rest is where the link with rel=next leads.")
    @OpenTo(Audience.SIGNED_IN)
    Mono<ResponseEntity<List<CommandView>>> list(
            @Parameter(description = "Entries of a page, at most 1,000")
                    @RequestParam(defaultValue = "" + QueryParser.DEFAULT_PAGE_SIZE)
                    int pageSize,
            @Parameter(description = "Where to go on: from a `next` link") @RequestParam(required = false) @Nullable
                    String cursor,
            Caller caller,
            ServerHttpRequest request) {
        if (pageSize < 1 || pageSize > QueryParser.LARGEST_PAGE_SIZE) {
            return Mono.error(
                    Problem.VALIDATION_FAILED.at("pageSize", "must be from 1 to " + QueryParser.LARGEST_PAGE_SIZE));
        }
        String before = cursor == null ? null : placeOf(cursor);
        String api = publicUrl.api(request);
        // One more tells whether there is more.
        return commands.madeBy(caller.userId(), caller.reach(), before, pageSize + 1)
                .map(command -> CommandView.of(command, api))
                .collectList()
                .map(found -> page(found, pageSize, api));
    }

    private static String placeOf(String cursor) {
        Cursor place = Cursor.parse(cursor);
        if (!place.isAfter() || !ObjectId.isValid(place.key())) {
            throw Problem.VALIDATION_FAILED.at(Cursor.PARAMETER, "must be that of a link of the list");
        }
        return place.key();
    }

    private static ResponseEntity<List<CommandView>> page(List<CommandView> found, int pageSize, String api) {
        ResponseEntity.BodyBuilder reply =
                ResponseEntity.ok().cacheControl(CacheControl.noCache().cachePrivate());
        if (found.size() <= pageSize) {
            return reply.body(found);
        }
        List<CommandView> page = found.subList(0, pageSize);
        String next = api + "/commands?pageSize=" + pageSize + "&" + Cursor.PARAMETER + "="
                + new Cursor(page.get(pageSize - 1).id(), true);
        return reply.header(HttpHeaders.LINK, new Link(next, "next").toString()).body(page);
    }

    @GetMapping("/{commandId}")
    @Operation(summary = "Get a command", description = "How far it is, and in its spec what came of it.")
    @Requires(Permission.READ_ITEM)
    Mono<ResponseEntity<CommandView>> get(@PathVariable String commandId, Caller caller, ServerHttpRequest request) {
        return visible(commandId, caller, Permission.READ_ITEM).map(command -> reply(command, request));
    }

    @PostMapping("/{commandId}/abort")
    @Operation(
            summary = "Abort a command",
            description = "It stops before its next step; what is done stays done. One that has ended stays as it is.")
    @Requires(Permission.UPDATE_ITEM)
    Mono<ResponseEntity<CommandView>> abort(@PathVariable String commandId, Caller caller, ServerHttpRequest request) {
        return visible(commandId, caller, Permission.UPDATE_ITEM)
                .flatMap(command -> command.isUnfinished()
                        ? Recording.ofMany("updated").then(commands.abort(commandId))
                        : Mono.just(command))
                .switchIfEmpty(Mono.error(() -> unknown(commandId)))
                .map(command -> reply(command, request));
    }

    /** Who asked for it sees it whatever becomes of the dataset; all others need the right there. */
    private Mono<Command> visible(String commandId, Caller caller, Permission permission) {
        return commands.find(commandId)
                .switchIfEmpty(datasets.refuse(caller, () -> unknown(commandId)))
                .delayUntil(command -> isOwn(command, caller) ? Mono.empty() : shared(command, caller, permission));
    }

    private static boolean isOwn(Command command, Caller caller) {
        return command.creator().equals(caller.userId()) && caller.reach().includesProject(command.projectId());
    }

    private Mono<?> shared(Command command, Caller caller, Permission permission) {
        return datasets.require(caller, command.datasetId(), Permission.READ_ITEM, () -> unknown(command.id()))
                .doOnNext(access -> access.requireRole(caller, permission));
    }

    private static ErrorResponseException unknown(String commandId) {
        return Problem.NOT_FOUND.with("No command " + commandId);
    }

    private ResponseEntity<CommandView> reply(Command command, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return ETag.of(command.id(), command.revision(), api).reply(CommandView.of(command, api));
    }
}
