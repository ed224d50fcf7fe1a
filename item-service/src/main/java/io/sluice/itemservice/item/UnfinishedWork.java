package io.sluice.itemservice.item;

import io.sluice.itemservice.dataset.GoneDatasets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;

/**
 * Takes up what a crash left half-way: directories whose content has not followed them, and items that came into a
 * dataset at the very moment it was deleted. Any number of replicas may do so at once.
 */
@Component
class UnfinishedWork {

    private static final Logger log = LoggerFactory.getLogger(UnfinishedWork.class);

    /** Who moves a directory is given that long before somebody helps. */
    static final Duration BEFORE_HELP = Duration.ofMinutes(1);

    /** Longer than an upload takes from the last look at its dataset to its document. */
    static final Duration BEFORE_SECOND_LOOK = Duration.ofMinutes(10);

    private final Items items;
    private final DirectoryMove directoryMove;
    private final ItemDeletion deletion;
    private final GoneDatasets gone;
    private final Clock clock;

    UnfinishedWork(Items items, DirectoryMove directoryMove, ItemDeletion deletion, GoneDatasets gone, Clock clock) {
        this.items = items;
        this.directoryMove = directoryMove;
        this.deletion = deletion;
        this.gone = gone;
        this.clock = clock;
    }

    /** One round. */
    @Scheduled(initialDelay = 10, fixedDelay = 30, timeUnit = TimeUnit.SECONDS)
    Mono<Void> takeUp() {
        return finishMoves().then(lookAgainAtGoneDatasets()).onErrorResume(failure -> {
            log.warn("Work that was cut short is taken up next time: {}", failure.toString());
            return Mono.empty();
        });
    }

    private Mono<Void> finishMoves() {
        return items.directoriesOnTheirWay(clock.instant().minus(BEFORE_HELP))
                .concatMap(directory -> directoryMove
                        .finish(directory)
                        // Something had to stay where it was; there is nobody to be told.
                        .onErrorResume(ErrorResponseException.class, stayed -> Mono.empty()))
                .then();
    }

    private Mono<Void> lookAgainAtGoneDatasets() {
        return gone.toSweep(clock.instant().minus(BEFORE_SECOND_LOOK))
                .concatMap(datasetId -> deletion.empty(datasetId).then(gone.swept(datasetId)))
                .then();
    }
}
