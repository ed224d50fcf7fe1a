package io.sluice.itemservice.bulk;

import io.sluice.itemservice.item.GivenItem;
import io.sluice.itemservice.item.Intake;
import io.sluice.itemservice.item.Intake.Checked;
import io.sluice.itemservice.item.TakenItem;
import java.util.concurrent.Callable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.json.JsonMapper;

/** Says of many files what of them is there, in the order of the questions. */
final class BulkCheck {

    private static final int BATCHES_AT_ONCE = 2;

    private final Batches<GivenItem, Checked> questions;
    private final BulkLines lines;
    private final Scheduler readers;
    private final Budget budget;

    BulkCheck(Intake intake, JsonMapper json, Scheduler readers, Budget budget) {
        this.questions = new Batches<>(intake::check, BulkUpload.LARGEST_BATCH, BATCHES_AT_ONCE);
        this.lines = new BulkLines(json);
        this.readers = readers;
        this.budget = budget;
    }

    Flux<byte[]> run(Callable<Entries> begin) {
        return BulkUpload.read(begin, readers)
                .flatMapSequential(this::answered, BATCHES_AT_ONCE * BulkUpload.LARGEST_BATCH, 1);
    }

    private Mono<byte[]> answered(Entry entry) {
        if (entry instanceof Entry.Line line) {
            String path = line.item().path();
            return questions
                    .put(line.item())
                    .map(checked -> lines.write(path, checked))
                    .onErrorResume(failure -> Mono.just(failed(path, failure)))
                    .doFinally(end -> budget.giveBack(line.weight()));
        }
        if (entry instanceof Entry.Broken broken) {
            return Mono.just(failed(broken.name(), broken.failure()));
        }
        return entry instanceof Entry.Stop stop ? Mono.just(lines.ended(stop.failure())) : Mono.empty();
    }

    private byte[] failed(String path, Throwable failure) {
        return lines.write(new BulkLines.Line(path, TakenItem.failed(failure)));
    }
}
