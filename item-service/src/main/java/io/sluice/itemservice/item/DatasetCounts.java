package io.sluice.itemservice.item;

import com.mongodb.client.model.Accumulators;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import io.sluice.itemservice.item.CountedDataset.Range;
import io.sluice.kit.query.QueryLimits;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * How many files a dataset has, right after every change, for what it costs to count those parts of it that have changed
 * lately. The files are counted by ranges of their ids; {@link ChangeMarks} tells in which ranges somebody may have changed
 * something since. Only these are counted again, first for who asks, and when their changes have settled, for good.
 */
@Component
class DatasetCounts {

    private static final Logger log = LoggerFactory.getLogger(DatasetCounts.class);

    /** A range with more files becomes several with half as many each; neighbours that have no more together become one. */
    private static final int MOST_IN_RANGE = 8_192;

    /** What counting for good may take, which is all of a dataset when it is done for the first time. */
    private static final Duration SETTLING_TIME = Duration.ofMinutes(10);

    private static final int AT_ONCE = 4;

    private final ReactiveMongoTemplate mongo;
    private final ChangeMarks marks;
    private final Duration most;
    private final Clock clock;
    private final int mostInRange;

    @Autowired
    DatasetCounts(ReactiveMongoTemplate mongo, ChangeMarks marks, QueryLimits limits, Clock clock) {
        this(mongo, marks, limits, clock, MOST_IN_RANGE);
    }

    DatasetCounts(ReactiveMongoTemplate mongo, ChangeMarks marks, QueryLimits limits, Clock clock, int mostInRange) {
        this.mongo = mongo;
        this.marks = marks;
        this.most = limits.time();
        this.clock = clock;
        this.mostInRange = mostInRange;
    }

    /** All files of a dataset. */
    Mono<FileCount> of(String datasetId) {
        return of(datasetId, CountedDataset.BEGIN, CountedDataset.END);
    }

    /**
     * Some files of a dataset.
     *
     * @param from the lowest id
     * @param to the first id that is beyond
     */
    Mono<FileCount> of(String datasetId, String from, String to) {
        // The marks first: one that goes meanwhile goes after its range was stored.
        return marks.cells(datasetId)
                .collectList()
                .flatMap(cells -> stored(datasetId)
                        .flatMap(known -> known.isKnown()
                                ? sum(known, known.touchedBy(cells), new Span(from, to))
                                : first(datasetId, new Span(from, to))));
    }

    private Mono<CountedDataset> stored(String datasetId) {
        return mongo.findById(datasetId, CountedDataset.class).defaultIfEmpty(CountedDataset.unknown(datasetId));
    }

    /** A dataset that is small is never counted for good. */
    private Mono<FileCount> first(String datasetId, Span span) {
        return count(datasetId, span, most)
                .delayUntil(count -> count.all() > mostInRange ? settle(datasetId) : Mono.empty());
    }

    /** Ids from one on, before another. */
    private record Span(String from, String to) {

        boolean isEmpty() {
            return from.compareTo(to) >= 0;
        }

        Span within(Span other) {
            return new Span(
                    from.compareTo(other.from) > 0 ? from : other.from, to.compareTo(other.to) < 0 ? to : other.to);
        }
    }

    private Mono<FileCount> sum(CountedDataset known, boolean[] touched, Span asked) {
        FileCount sum = FileCount.NONE;
        List<Span> unknown = new ArrayList<>();
        for (int index = 0; index < touched.length; index++) {
            Range range = known.ranges().get(index);
            Span whole = new Span(range.from(), known.end(index));
            Span part = whole.within(asked);
            if (!part.isEmpty()) {
                if (part.equals(whole) && !touched[index]) {
                    sum = sum.plus(range.count());
                } else {
                    add(unknown, part);
                }
            }
        }
        return Flux.fromIterable(unknown)
                .flatMap(span -> count(known.datasetId(), span, most), AT_ONCE)
                .reduce(sum, FileCount::plus);
    }

    private static void add(List<Span> spans, Span more) {
        int last = spans.size() - 1;
        if (last >= 0 && spans.get(last).to().equals(more.from())) {
            spans.set(last, new Span(spans.get(last).from(), more.to()));
        } else {
            spans.add(more);
        }
    }

    /** Counts for good what has settled. */
    @Scheduled(initialDelay = 20, fixedDelay = 20, timeUnit = TimeUnit.SECONDS)
    Mono<Void> settleAll() {
        return marks.settled()
                .concatMap(datasetId -> settle(datasetId).onErrorResume(failure -> {
                    log.warn("Dataset {} is counted for good later: {}", datasetId, failure.toString());
                    return Mono.empty();
                }))
                .then()
                .onErrorResume(failure -> {
                    log.warn("Changes are counted for good later: {}", failure.toString());
                    return Mono.empty();
                });
    }

    /** Counts what has changed, stores it, and forgets the marks of what has settled. Of two at once the first does it. */
    Mono<Void> settle(String datasetId) {
        return marks.cells(datasetId)
                .collectList()
                .flatMap(cells -> stored(datasetId)
                        .flatMap(known -> counted(known, known.touchedBy(cells)))
                        .flatMap(this::keep)
                        .then(Mono.defer(() -> marks.forget(cells.stream()
                                .filter(ChangeMarks.Cell::isSettled)
                                .toList()))))
                .onErrorResume(DuplicateKeyException.class, sooner -> Mono.empty())
                .onErrorResume(OptimisticLockingFailureException.class, sooner -> Mono.empty());
    }

    private Mono<CountedDataset> keep(CountedDataset counted) {
        return counted.version() == 0 && counted.ranges().size() == 1 ? Mono.just(counted) : mongo.save(counted);
    }

    /** One range more than has to be, so that whatever is wrong does not stay so. */
    private Mono<CountedDataset> counted(CountedDataset known, boolean[] touched) {
        int oldest = known.oldest();
        Flux<Range> ranges = known.isKnown()
                ? Flux.range(0, touched.length)
                        .concatMap(index -> touched[index] || index == oldest
                                ? counted(
                                        known.datasetId(),
                                        new Span(known.ranges().get(index).from(), known.end(index)))
                                : Mono.just(known.ranges().get(index)))
                : counted(known.datasetId(), new Span(CountedDataset.BEGIN, CountedDataset.END));
        return ranges.collectList().map(all -> known.with(all, mostInRange / 2));
    }

    private Flux<Range> counted(String datasetId, Span span) {
        return range(datasetId, span)
                .flatMapMany(range -> range.count().all() <= mostInRange
                        ? Flux.just(range)
                        : Flux.concat(Mono.just(span.from()), splits(datasetId, span), Mono.just(span.to()))
                                .buffer(2, 1)
                                .filter(ends -> ends.size() == 2)
                                .concatMap(ends -> range(datasetId, new Span(ends.get(0), ends.get(1)))));
    }

    private Mono<Range> range(String datasetId, Span span) {
        return count(datasetId, span, SETTLING_TIME).map(count -> new Range(span.from(), count, clock.instant()));
    }

    private Flux<String> splits(String datasetId, Span span) {
        return split(datasetId, span).expand(from -> split(datasetId, new Span(from, span.to())));
    }

    private Mono<String> split(String datasetId, Span span) {
        return mongo.execute(
                        Item.class,
                        items -> items.find(files(datasetId, span))
                                .projection(Projections.include("_id"))
                                .sort(Sorts.ascending("_id"))
                                .skip(mostInRange / 2)
                                .limit(1)
                                .maxTime(SETTLING_TIME.toMillis(), TimeUnit.MILLISECONDS))
                .next()
                .map(item -> item.getObjectId("_id").toHexString());
    }

    /** Counts a dataset from the beginning the next time. */
    Mono<Void> reset(String datasetId) {
        return mongo.updateFirst(
                        byId(datasetId), new Update().set("ranges", List.of()).inc("version", 1), CountedDataset.class)
                .then();
    }

    /** Forgets all about a dataset that is gone. */
    Mono<Void> forget(String datasetId) {
        return mongo.remove(byId(datasetId), CountedDataset.class).then(marks.forget(datasetId));
    }

    private static org.springframework.data.mongodb.core.query.Query byId(String datasetId) {
        return org.springframework.data.mongodb.core.query.Query.query(
                Criteria.where("_id").is(datasetId));
    }

    private Mono<FileCount> count(String datasetId, Span span, Duration time) {
        return span.isEmpty()
                ? Mono.just(FileCount.NONE)
                : mongo.execute(
                                Item.class,
                                items -> items.aggregate(List.of(
                                                Aggregates.match(files(datasetId, span)),
                                                Aggregates.group(
                                                        "$hidden",
                                                        Accumulators.sum("files", 1L),
                                                        Accumulators.sum(
                                                                "annotated",
                                                                new Document("$cond", List.of("$annotated", 1L, 0L))),
                                                        Accumulators.sum("annotations", "$annotationsCount"),
                                                        Accumulators.sum("bytes", "$content.size"))))
                                        .maxTime(time.toMillis(), TimeUnit.MILLISECONDS))
                        .map(DatasetCounts::fileCount)
                        .reduce(FileCount.NONE, FileCount::plus);
    }

    private static FileCount fileCount(Document group) {
        long files = number(group, "files");
        return group.getBoolean("_id")
                ? new FileCount(0, files, 0, 0, number(group, "bytes"))
                : new FileCount(
                        files, 0, number(group, "annotated"), number(group, "annotations"), number(group, "bytes"));
    }

    private static long number(Document group, String name) {
        return group.get(name, Number.class).longValue();
    }

    private static Bson files(String datasetId, Span span) {
        List<Bson> filters = new ArrayList<>(List.of(
                Filters.eq("datasetId", new ObjectId(datasetId)),
                Filters.in("hidden", false, true),
                Filters.eq("type", Item.FILE),
                Filters.gte("_id", new ObjectId(span.from()))));
        if (!span.to().equals(CountedDataset.END)) {
            filters.add(Filters.lt("_id", new ObjectId(span.to())));
        }
        return Filters.and(filters);
    }
}
