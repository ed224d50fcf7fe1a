package io.sluice.datasetservice.dataset;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.swagger.v3.oas.annotations.Hidden;
import java.time.Duration;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Locks of datasets, asked for by other services, which have checked the rights of whom they work for. */
@Hidden
@RestController
@RequestMapping("/internal/datasets/{datasetId}/locks/{holder:[0-9a-f]{24}}")
class InternalLockController {

    private final DatasetLocks locks;

    InternalLockController(DatasetLocks locks) {
        this.locks = locks;
    }

    /** Locks a dataset; asking again makes it longer, or shorter. */
    @PutMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @OpenTo(Audience.SERVICE)
    Mono<Void> lock(@PathVariable String datasetId, @PathVariable String holder, @RequestParam long seconds) {
        if (seconds < 1 || seconds > DatasetLocks.LONGEST.toSeconds()) {
            return Mono.error(
                    Problem.VALIDATION_FAILED.at("seconds", "must be from 1 to " + DatasetLocks.LONGEST.toSeconds()));
        }
        return locks.lock(datasetId, holder, Duration.ofSeconds(seconds))
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("Dataset not found")))
                .then();
    }

    /** Ends the lock of this holder; that there is none is fine. */
    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @OpenTo(Audience.SERVICE)
    Mono<Void> release(@PathVariable String datasetId, @PathVariable String holder) {
        return locks.release(datasetId, holder).then();
    }
}
