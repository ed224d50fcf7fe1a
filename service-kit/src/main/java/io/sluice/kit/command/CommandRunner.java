package io.sluice.kit.command;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.ErrorResponseException;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Carries commands out. Each replica takes up as many as it may, says while it works that it is alive, and lets go of
 * them when it stops. One that died leaves them to the others when its lease is over. Nothing of a command is kept here.
 */
public class CommandRunner implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(CommandRunner.class);

    /** A command that came in at another replica, or that a dead one has left, waits so long at most. */
    private static final Duration POLL = Duration.ofSeconds(1);

    /** After so many without coming to a next step it is given up: it may be what kills those who try. */
    public static final int MOST_ATTEMPTS = 3;

    private static final Duration LONGEST_STOP = Duration.ofSeconds(10);
    private static final int CLIENT_ERRORS = 4;

    private final Commands commands;
    private final Map<String, CommandWork> works;
    private final CommandProperties properties;
    private final CommandTally tally;
    private final AtomicInteger running = new AtomicInteger();
    private final Sinks.Many<Long> wishes = Sinks.many().multicast().directBestEffort();
    private Sinks.Empty<Void> stopping = Sinks.empty();
    private Sinks.Empty<Void> stopped = Sinks.empty();
    private Disposable work = Disposables.disposed();
    private volatile boolean isStopping;

    CommandRunner(Commands commands, List<CommandWork> works, CommandProperties properties, CommandTally tally) {
        this.commands = commands;
        this.works = works.stream().collect(Collectors.toUnmodifiableMap(CommandWork::type, Function.identity()));
        this.properties = properties;
        this.tally = tally;
    }

    /** Thrown out of the steps of a command that is to stop, or that somebody else holds now. */
    private static final class Stopped extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final long done;

        Stopped(long done) {
            super("The command is to stop, or is held by somebody else", null, false, false);
            this.done = done;
        }
    }

    /** There is something to do. A wish that gets lost between two threads costs one poll. */
    void wake() {
        wishes.tryEmitNext(0L);
    }

    @Override
    public void start() {
        isStopping = false;
        stopping = Sinks.empty();
        stopped = Sinks.empty();
        work = Flux.merge(Flux.interval(Duration.ZERO, POLL).onBackpressureLatest(), wishes.asFlux())
                .takeWhile(wish -> !isStopping)
                .onBackpressureLatest()
                .concatMap(wish -> claims(), 1)
                .flatMap(this::run, properties.atOnce())
                .doFinally(end -> stopped.tryEmitEmpty())
                .subscribe();
    }

    @Override
    public void stop(Runnable callback) {
        isStopping = true;
        stopping.tryEmitEmpty();
        wake();
        stopped.asMono()
                .timeout(LONGEST_STOP)
                .onErrorResume(late -> {
                    log.warn("Commands that this replica holds go on when their lease is over: {}", late.toString());
                    return Mono.empty();
                })
                .doFinally(end -> {
                    work.dispose();
                    callback.run();
                })
                .subscribe();
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return !work.isDisposed();
    }

    /** Forgets what nobody may look at any more. */
    @Scheduled(initialDelay = 10, fixedDelay = 600, timeUnit = TimeUnit.SECONDS)
    public Mono<Void> sweep() {
        return commands.sweep().onErrorResume(failure -> {
            log.warn("Old commands are forgotten next time: {}", failure.toString());
            return Mono.empty();
        });
    }

    /** As many as wait and as there is room for. */
    private Flux<Command> claims() {
        return Mono.defer(() -> hasRoom() ? commands.claim(works.keySet()) : Mono.<Command>empty())
                .doOnNext(claimed -> {
                    running.incrementAndGet();
                    tally.begun(claimed);
                })
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .repeat()
                .takeWhile(Optional::isPresent)
                .concatMap(Mono::justOrEmpty)
                .onErrorResume(failure -> {
                    log.warn("Commands wait, to be taken up later: {}", failure.toString());
                    return Flux.empty();
                });
    }

    private boolean hasRoom() {
        return !isStopping && running.get() < properties.atOnce();
    }

    private Mono<Void> run(Command claimed) {
        return Mono.firstWithSignal(
                        carryOut(claimed).doOnNext(tally::ended).then(), leaseLost(claimed), stopping.asMono())
                .onErrorResume(failure -> {
                    // Somebody tries again when the lease is over.
                    log.warn("The command {} {} was cut off: {}", claimed.type(), claimed.id(), failure.toString());
                    return Mono.empty();
                })
                .then(Mono.defer(() -> isStopping ? release(claimed) : Mono.empty()))
                .doFinally(end -> {
                    running.decrementAndGet();
                    tally.letGo(claimed);
                    wake();
                });
    }

    private Mono<Void> release(Command claimed) {
        return commands.release(claimed).onErrorResume(failure -> {
            log.warn("The command {} goes on when its lease is over: {}", claimed.id(), failure.toString());
            return Mono.empty();
        });
    }

    /** Says again and again that this replica is alive; completes when somebody else holds the command, or nobody. */
    private Mono<Void> leaseLost(Command claimed) {
        return Flux.interval(properties.lease().dividedBy(3))
                .onBackpressureDrop()
                .concatMap(tick -> commands.renew(claimed).onErrorResume(failure -> {
                    log.warn("Cannot say that the command {} is still held: {}", claimed.id(), failure.toString());
                    return Mono.just(true);
                }))
                .takeWhile(isHeld -> isHeld)
                .then();
    }

    private Mono<Command> carryOut(Command claimed) {
        if (claimed.isAbortWanted()) {
            return commands.stop(claimed, claimed.done());
        }
        if (claimed.attempts() > MOST_ATTEMPTS) {
            return commands.fail(
                    claimed, "It was tried " + MOST_ATTEMPTS + " times and could not be carried out; see the log");
        }
        CommandWork kind = Objects.requireNonNull(works.get(claimed.type()));
        return counted(claimed, kind)
                .flatMap(command -> steps(command, kind))
                .flatMap(done -> kind.result(done).flatMap(result -> commands.succeed(done, result)))
                .onErrorResume(Stopped.class, stop -> commands.stop(claimed, stop.done))
                .onErrorResume(CommandRunner::isFinal, failure -> commands.fail(claimed, wordsOf(failure)));
    }

    private Mono<Command> counted(Command command, CommandWork kind) {
        return command.total() != null
                ? Mono.just(command)
                : kind.count(command)
                        .onErrorResume(failure -> {
                            log.info("The command {} goes without a total: {}", command.id(), failure.toString());
                            return Mono.just(0L);
                        })
                        .flatMap(total -> commands.count(command, total))
                        .switchIfEmpty(Mono.error(() -> new Stopped(command.done())));
    }

    /** The command as it is when all steps are done. */
    private Mono<Command> steps(Command command, CommandWork kind) {
        return Mono.defer(() -> {
            Run run = new Run(command, kind);
            return run.finishStep()
                    .thenMany(Flux.defer(() -> kind.steps(command)))
                    .concatMap(run::carryOut, 1)
                    .then(Mono.fromSupplier(() -> run.command));
        });
    }

    /** A command while its steps are carried out, one after the other. */
    private final class Run {

        private final CommandWork kind;
        private volatile Command command;

        Run(Command command, CommandWork kind) {
            this.command = command;
            this.kind = kind;
        }

        /** The step that was cut off, if there was one. */
        Mono<Void> finishStep() {
            Command.Step step = command.step();
            return step == null ? Mono.empty() : kind.carryOut(command, step, this::reached);
        }

        private Mono<Void> reached(long done) {
            return commands.reach(command, done)
                    .switchIfEmpty(Mono.error(() -> new Stopped(done)))
                    .doOnNext(seen -> command = seen)
                    .then();
        }

        Mono<Void> carryOut(Command.Step step) {
            return commands.begin(command, step)
                    .switchIfEmpty(Mono.error(() -> new Stopped(command.doneWithStep())))
                    .flatMap(begun -> {
                        command = begun;
                        return kind.carryOut(begun, step, this::reached);
                    });
        }
    }

    private static boolean isFinal(Throwable failure) {
        return failure instanceof ErrorResponseException problem
                && problem.getStatusCode().value() / 100 == CLIENT_ERRORS;
    }

    private static String wordsOf(Throwable failure) {
        String detail = failure instanceof ErrorResponseException problem
                ? problem.getBody().getDetail()
                : null;
        return detail == null ? "It failed" : detail;
    }
}
