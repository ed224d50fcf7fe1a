package io.sluice.itemservice.annotation;

import io.sluice.itemservice.annotation.AnnotatedItems.AnnotatedItem;
import io.sluice.itemservice.annotation.AnnotationEdit.Kept;
import io.sluice.itemservice.annotation.AnnotationEdit.Said;
import io.sluice.itemservice.annotation.BodyLines.Line;
import io.sluice.itemservice.dataset.DatasetLabels;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes any number of annotations of any items of a dataset, a line each, while the lines come: some thousand at a time, which
 * share what a request costs otherwise. A line that is wrong is said and stops no other.
 */
@Component
class AnnotationStream {

    /** What is under way at the same time of a request, so that the database need not wait for us, nor we for it. */
    private static final int AT_ONCE = 3;

    private static final Duration LONGEST_BATCH = Duration.ofMinutes(2);
    private static final int RETRY_AFTER_SECONDS = 5;

    private final DatasetClient datasets;
    private final DatasetLabels labels;
    private final AnnotatedItems items;
    private final AnnotationEdit edit;
    private final AnnotationProperties properties;
    private final ObjectReader json;
    private final AtomicInteger streams = new AtomicInteger();
    private final LineMemory memory = new LineMemory();

    AnnotationStream(
            DatasetClient datasets,
            DatasetLabels labels,
            AnnotatedItems items,
            AnnotationEdit edit,
            AnnotationProperties properties,
            JsonMapper json) {
        this.datasets = datasets;
        this.labels = labels;
        this.items = items;
        this.edit = edit;
        this.properties = properties;
        this.json = json.readerFor(new TypeReference<Map<String, @Nullable Object>>() {});
    }

    /**
     * What became of some lines, one behind the other; those that were right are stored for good.
     *
     * @param from the first of them
     * @param to the last of them
     * @param skipped how many were there already
     * @param failures by the number of the line, in its order
     */
    record Outcome(long from, long to, int created, int skipped, Map<Long, ErrorResponseException> failures) {}

    /**
     * Each part of the lines as soon as it is stored, in their order. The caller may annotate items of the dataset.
     *
     * @param withIds whether lines say the ids of their annotations, so that those that are there are skipped
     */
    Flux<Outcome> create(String datasetId, Flux<DataBuffer> body, boolean withIds, Caller caller) {
        return Flux.defer(() -> {
            if (streams.incrementAndGet() > properties.streamsAtOnce()) {
                streams.decrementAndGet();
                return Flux.error(Problem.unavailable(
                        "As many send annotations as may at the same time; try again", RETRY_AFTER_SECONDS));
            }
            LineMemory.Share share = memory.share();
            return BodyLines.of(inTime(body))
                    // One waits for room at a time, and nothing behind it is cut meanwhile.
                    .concatMap(lines -> share.take(bytesOf(lines)).thenReturn(lines), 0)
                    .flatMapSequential(
                            // Masks are unpacked and long outlines looked through: too much for an event loop.
                            lines -> create(datasetId, lines, withIds, caller)
                                    .subscribeOn(Schedulers.parallel())
                                    .doFinally(end -> share.giveBack(bytesOf(lines))),
                            AT_ONCE,
                            1)
                    .doFinally(end -> {
                        share.close();
                        streams.decrementAndGet();
                    });
        });
    }

    /** Also ends one whose client does not take the answers, because then nothing more is asked for. */
    private Flux<DataBuffer> inTime(Flux<DataBuffer> body) {
        Duration longest = properties.longestSilence();
        return body.timeout(longest)
                .onErrorMap(
                        TimeoutException.class,
                        silent -> Problem.REQUEST_TIMEOUT.with(
                                "Nothing more of the lines came for " + longest.toSeconds() + " s"));
    }

    private static int bytesOf(List<Line> lines) {
        return lines.stream().mapToInt(Line::length).sum();
    }

    private Mono<Outcome> create(String datasetId, List<Line> lines, boolean withIds, Caller caller) {
        return Mono.defer(() -> {
                    AnnotationBatch batch = new AnnotationBatch(withIds);
                    lines.forEach(line -> batch.add(line.number(), "", () -> parsed(line)));
                    return said(datasetId, batch, caller)
                            .flatMap(said -> withIds
                                    ? edit.createMissing(datasetId, said, caller.userId())
                                    : edit.create(datasetId, said, caller.userId())
                                            .map(made -> new Kept(made.size(), 0, Set.of())))
                            .map(kept -> {
                                kept.others().forEach(batch::refuse);
                                return new Outcome(
                                        lines.get(0).number(),
                                        lines.get(lines.size() - 1).number(),
                                        kept.created(),
                                        kept.skipped(),
                                        batch.failures());
                            });
                })
                .timeout(LONGEST_BATCH);
    }

    private Map<String, @Nullable Object> parsed(Line line) {
        if (line.isTooLong()) {
            throw Problem.CONTENT_TOO_LARGE.with("A line may have at most " + BodyLines.LONGEST + " bytes");
        }
        try {
            return object(json.readValue(line.bytes(), line.offset(), line.length()), "line");
        } catch (JacksonException unreadable) {
            throw Problem.MALFORMED_REQUEST.at("line", "is not JSON");
        }
    }

    /** Makes all of a list, in its order, or, when one is wrong, none: then its place and field are named. */
    Mono<List<Annotation>> createAll(String datasetId, List<?> all, Caller caller) {
        return Mono.defer(() -> {
                    AnnotationBatch batch = new AnnotationBatch(false);
                    IntStream.range(0, all.size())
                            .forEach(index -> batch.add(
                                    index, "[" + index + "].", () -> object(all.get(index), "[" + index + "]")));
                    batch.requireNoFailure();
                    return said(datasetId, batch, caller)
                            .doOnNext(said -> batch.requireNoFailure())
                            .flatMap(said -> edit.create(datasetId, said, caller.userId()));
                })
                .timeout(LONGEST_BATCH);
    }

    private static Map<String, @Nullable Object> object(@Nullable Object value, String where) {
        if (value == null) {
            throw AnnotationContent.invalid(where, "must be an object");
        }
        return AnnotationContent.object(value, where);
    }

    /** Those that are right. Who is no member any more is out, however long his request goes on. */
    private Mono<List<Said>> said(String datasetId, AnnotationBatch batch, Caller caller) {
        return datasets.require(caller, datasetId, Permission.ANNOTATE_ITEM)
                .then(Mono.zip(
                        found(datasetId, batch.itemIds()),
                        labels.refused(caller, datasetId, batch.labels()),
                        batch::said));
    }

    private Mono<Map<String, AnnotatedItem>> found(String datasetId, Collection<String> itemIds) {
        return itemIds.isEmpty()
                ? Mono.just(Map.of())
                : items.find(itemIds)
                        .filter(item -> item.datasetId().equals(datasetId))
                        .collectMap(AnnotatedItem::id);
    }
}
