package io.sluice.modelservice.evaluation;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.sluice.kit.command.Command;
import io.sluice.kit.command.Commands;
import io.sluice.kit.error.Problem;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.annotation.Id;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What was counted so far by evaluations that are under way, a document for each label. Each says up to which item it is
 * complete, so that nothing is counted twice by whoever goes on with an evaluation.
 */
@Repository
class EvaluationCounts {

    private static final Logger log = LoggerFactory.getLogger(EvaluationCounts.class);

    /** Labels of an evaluation, those of the model and those of people. */
    static final int MOST_LABELS = 1_000;

    /** No label has this key, for its percent sign would be written otherwise. */
    private static final String BACKGROUND = "%";

    private static final String EXECUTION_ID = "executionId";
    private static final String UP_TO = "upTo";
    private static final String KEY = "key";

    private final ReactiveMongoTemplate mongo;
    private final Clock clock;

    EvaluationCounts(ReactiveMongoTemplate mongo, Clock clock) {
        this.mongo = mongo;
        this.clock = clock;
    }

    /**
     * What was counted of a label.
     *
     * @param id the execution and the label in one
     * @param key the label, as the name of a field can be
     * @param upTo the last item that is counted
     * @param items that were compared, of the background only; null for none
     * @param right by the number of the overlap
     * @param taken by keys
     * @param expiresAt some time after the execution
     */
    @Document(Counted.COLLECTION)
    record Counted(
            @Id String id,
            String executionId,
            String key,
            String upTo,
            @Nullable Long items,
            @Nullable Long unlabeled,
            @Nullable Long actual,
            @Nullable Map<String, Long> said,
            @Nullable Map<String, Map<String, Long>> right,
            @Nullable Map<String, Long> taken,
            Instant expiresAt) {

        static final String COLLECTION = "evaluation_counts";

        String label() {
            return labelOf(key);
        }

        LabelCounts counts() {
            LabelCounts counts = new LabelCounts();
            counts.actual = actual == null ? 0 : actual;
            read(said, counts.said);
            if (right != null) {
                right.forEach((overlap, some) -> read(some, counts.right.get(Integer.parseInt(overlap))));
            }
            if (taken != null) {
                taken.forEach((label, count) -> counts.taken.put(labelOf(label), count));
            }
            return counts;
        }

        private static void read(@Nullable Map<String, Long> stored, TreeMap<Integer, Long> counts) {
            if (stored != null) {
                stored.forEach((step, count) -> counts.put(Integer.valueOf(step), count));
            }
        }
    }

    /** A name has neither dots nor dollars. */
    private static String keyOf(String label) {
        return label.equals(Comparison.BACKGROUND)
                ? BACKGROUND
                : URLEncoder.encode(label, StandardCharsets.UTF_8).replace(".", "%2E");
    }

    private static String labelOf(String key) {
        return key.equals(BACKGROUND) ? Comparison.BACKGROUND : URLDecoder.decode(key, StandardCharsets.UTF_8);
    }

    /**
     * Adds what was counted of the items of a step; once more changes nothing.
     *
     * @param upTo the last of these items; steps come in the order of ids
     * @return or {@link Problem#UNSUPPORTED} for too many labels
     */
    Mono<Void> add(Command execution, String upTo, Comparison counted) {
        return keys(execution.id())
                .doOnNext(there -> {
                    counted.labels().keySet().forEach(label -> there.add(keyOf(label)));
                    // The background is none of them.
                    if (there.size() > MOST_LABELS + 1) {
                        throw Problem.UNSUPPORTED.with("There are more than " + MOST_LABELS
                                + " labels in what the model says and in the annotations of the items; choose items"
                                + " with fewer");
                    }
                })
                .thenMany(Flux.fromIterable(counted.labels().entrySet()))
                .filter(label -> !label.getKey().equals(Comparison.BACKGROUND))
                .concatMap(label -> add(execution, upTo, label.getKey(), update(label.getValue())))
                .then(Mono.defer(() -> {
                    LabelCounts nothing = counted.labels().getOrDefault(Comparison.BACKGROUND, new LabelCounts());
                    return add(
                            execution,
                            upTo,
                            Comparison.BACKGROUND,
                            update(nothing).inc("items", counted.items()).inc("unlabeled", counted.unlabeled()));
                }));
    }

    private Mono<Set<String>> keys(String executionId) {
        Query all = query(where(EXECUTION_ID).is(executionId));
        all.fields().include(KEY);
        return mongo.find(all, org.bson.Document.class, Counted.COLLECTION)
                .map(document -> document.getString(KEY))
                .collect(HashSet::new, Set::add);
    }

    private static Update update(LabelCounts counts) {
        Update update = new Update().inc("actual", counts.actual);
        counts.said.forEach((step, count) -> update.inc("said." + step, count));
        for (int overlap = 0; overlap < counts.right.size(); overlap++) {
            String name = "right." + overlap + ".";
            counts.right.get(overlap).forEach((step, count) -> update.inc(name + step, count));
        }
        counts.taken.forEach((label, count) -> update.inc("taken." + keyOf(label), count));
        return update;
    }

    /** A document that is there and cannot be changed has been changed for this step already. */
    private Mono<Void> add(Command execution, String upTo, String label, Update update) {
        String id = execution.id() + "/" + keyOf(label);
        Instant expiresAt = clock.instant().plus(Commands.KEPT.multipliedBy(2));
        Counted none = new Counted(id, execution.id(), keyOf(label), "", null, null, null, null, null, null, expiresAt);
        Mono<Long> changed = mongo.updateFirst(
                        query(where("_id").is(id).and(UP_TO).lt(upTo)),
                        update.set(UP_TO, upTo).set("expiresAt", expiresAt),
                        Counted.class)
                .map(result -> result.getMatchedCount());
        return changed.filter(count -> count == 0)
                .flatMap(missing -> mongo.insert(none)
                        .onErrorResume(DuplicateKeyException.class, there -> Mono.just(none))
                        .flatMap(there -> changed))
                .then();
    }

    /** All of an evaluation, in the order of labels; the background is the first. */
    Flux<Counted> of(Command execution) {
        return mongo.find(query(where(EXECUTION_ID).is(execution.id())).with(Sort.by(KEY)), Counted.class);
    }

    /**
     * Forgets what belongs to executions that are forgotten. A real MongoDB does it itself, by the index; the embedded one does
     * not.
     */
    @Scheduled(initialDelay = 25, fixedDelay = 600, timeUnit = TimeUnit.SECONDS)
    Mono<Void> sweep() {
        return mongo.remove(query(where("expiresAt").lte(clock.instant())), Counted.class)
                .then()
                .onErrorResume(failure -> {
                    log.warn("Old counts are forgotten next time: {}", failure.toString());
                    return Mono.empty();
                });
    }
}
