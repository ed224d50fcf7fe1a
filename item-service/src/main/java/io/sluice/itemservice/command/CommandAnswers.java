package io.sluice.itemservice.command;

import io.sluice.kit.access.DatasetAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandAcceptance;
import io.sluice.kit.command.Commands;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.preference.RespondAsync;
import io.sluice.kit.web.PublicUrl;
import java.net.URI;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Answers requests that are always carried out as commands (contract core §8). What is done soon is answered as done: the
 * SDK would first look after two seconds. That it failed, the SDK believes only when it looks for itself, so then the
 * answer is that the work is under way.
 */
@Component
public class CommandAnswers {

    /** How long an answer waits for its command to end. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(25);

    private final CommandAcceptance acceptance;
    private final Commands commands;
    private final PublicUrl publicUrl;

    CommandAnswers(CommandAcceptance acceptance, Commands commands, PublicUrl publicUrl) {
        this.acceptance = acceptance;
        this.commands = commands;
        this.publicUrl = publicUrl;
    }

    /**
     * Accepts a command as {@link CommandAcceptance#accept} does: 200 when it was carried out within two seconds, else 202;
     * with {@code Prefer: respond-async} always 202, and at once.
     */
    public Mono<ResponseEntity<CommandView>> answer(
            Caller caller, DatasetAccess access, String type, JsonObject what, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        Mono<Command> accepted = acceptance.accept(caller, access.order(type, what));
        if (RespondAsync.isPreferredBy(request)) {
            return accepted.map(command -> CommandView.of(command, api))
                    .map(view -> RespondAsync.accepted(URI.create(view.url()), view));
        }
        return accepted.flatMap(this::awaited).map(command -> reply(command, CommandView.of(command, api)));
    }

    /** The command when it has succeeded, else as it was when it was last seen unfinished. */
    private Mono<Command> awaited(Command accepted) {
        return Flux.interval(BETWEEN_LOOKS)
                .onBackpressureDrop()
                .concatMap(tick -> commands.find(accepted.id()), 1)
                .takeUntil(command -> !command.isUnfinished())
                .take(PATIENCE)
                // It is accepted whether it can be looked at or not.
                .onErrorComplete()
                .filter(command -> command.isUnfinished() || command.status() == Command.Status.SUCCESS)
                .last(accepted);
    }

    private static ResponseEntity<CommandView> reply(Command command, CommandView view) {
        if (!command.isUnfinished()) {
            return ResponseEntity.ok(view);
        }
        return ResponseEntity.accepted()
                .location(URI.create(view.url()))
                .header(HttpHeaders.RETRY_AFTER, Long.toString(1))
                .body(view);
    }
}
