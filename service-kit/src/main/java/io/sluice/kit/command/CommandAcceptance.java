package io.sluice.kit.command;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.error.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.types.ObjectId;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Takes on work to be done later. What is accepted is stored for good, and does not depend on who accepted it. */
public class CommandAcceptance {

    /** As much as the words for the work may need in the database, in bytes. */
    public static final int LARGEST = 4 * 1024 * 1024;

    private static final int RETRY_AFTER_SECONDS = 2;

    /** Somebody asks for many at the same moment, and they find the same slot free. */
    private static final Retry NEXT_SLOT = Retry.backoff(20, Duration.ofMillis(2))
            .maxBackoff(Duration.ofMillis(50))
            .filter(DuplicateKeyException.class::isInstance)
            .onRetryExhaustedThrow((retry, last) -> tooMany());

    private final Commands commands;
    private final CommandRunner runner;
    private final int mostPerUser;
    private final Clock clock;

    CommandAcceptance(Commands commands, CommandRunner runner, CommandProperties properties, Clock clock) {
        this.commands = commands;
        this.runner = runner;
        this.mostPerUser = properties.mostPerUser();
        this.clock = clock;
    }

    /**
     * Stores a command. Everything about it must have been checked: nobody is asked again.
     *
     * @return or {@link Problem#TOO_MANY_REQUESTS}, {@link Problem#CONTENT_TOO_LARGE}
     */
    public Mono<Command> accept(Caller caller, CommandOrder order) {
        if (order.size() > LARGEST) {
            return Mono.error(Problem.CONTENT_TOO_LARGE.with(
                    "What is to be done later may need at most " + LARGEST + " bytes; do it in parts, or at once"));
        }
        return Mono.defer(() -> freeSlot(caller.userId()))
                .flatMap(slot -> commands.insert(created(caller, order, slot)))
                .retryWhen(NEXT_SLOT)
                .doOnNext(accepted -> runner.wake());
    }

    private Mono<String> freeSlot(String creator) {
        return commands.slotsOf(creator).collect(Collectors.toSet()).map(taken -> freeSlot(creator, taken));
    }

    private String freeSlot(String creator, Set<String> taken) {
        return IntStream.range(0, mostPerUser)
                .mapToObj(number -> creator + "/" + number)
                .filter(slot -> !taken.contains(slot))
                .findFirst()
                .orElseThrow(CommandAcceptance::tooMany);
    }

    private static ErrorResponseException tooMany() {
        return Problem.tooManyRequests(
                "You have as many unfinished commands as one user may have; wait until one has ended",
                RETRY_AFTER_SECONDS);
    }

    private Command created(Caller caller, CommandOrder order, String slot) {
        Instant now = clock.instant();
        return new Command(
                new ObjectId().toHexString(),
                order.type(),
                Command.Status.CREATED,
                caller.userId(),
                order.datasetId(),
                order.projectId(),
                order.what(),
                order.about(),
                null,
                0,
                null,
                null,
                null,
                false,
                0,
                slot,
                null,
                now,
                now,
                now,
                null,
                0);
    }
}
