package io.sluice.itemservice.feature;

import io.sluice.itemservice.feature.FeatureMarks.Owners;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Makes and changes feature sets. */
@Component
class FeatureSetEdit {

    private final FeatureSets sets;
    private final FeatureMarks marks;
    private final Clock clock;

    FeatureSetEdit(FeatureSets sets, FeatureMarks marks, Clock clock) {
        this.sets = sets;
        this.marks = marks;
        this.clock = clock;
    }

    /**
     * A set that is to be made.
     *
     * @param said what the client said, for messages
     */
    record NewSet(Input said, String projectId, FeatureSetContent content) {}

    /** Makes all of them or, when a name is taken, none. */
    Mono<List<FeatureSet>> create(List<NewSet> wanted, String by) {
        Instant now = clock.instant();
        Set<String> projectIds = wanted.stream().map(NewSet::projectId).collect(Collectors.toSet());
        return marks.around(Owners.ofSets(projectIds), Mono.defer(() -> insert(wanted, by, now, new ArrayList<>())))
                .delayUntil(this::requireThere);
    }

    private Mono<List<FeatureSet>> insert(List<NewSet> wanted, String by, Instant now, List<FeatureSet> made) {
        return Flux.fromIterable(wanted)
                .concatMap(set -> sets.insert(FeatureSet.of(set.projectId(), set.content(), by, now))
                        .onErrorMap(DuplicateKeyException.class, taken -> taken(set.said())))
                .doOnNext(made::add)
                .then(Mono.<List<FeatureSet>>just(made))
                .onErrorResume(failure -> sets.delete(ids(made)).then(Mono.error(failure)));
    }

    private static ErrorResponseException taken(Input said) {
        return Problem.NAME_TAKEN.at(said.where() + "name", "is the name of another feature set of the project");
    }

    private static List<String> ids(List<FeatureSet> sets) {
        return sets.stream().map(FeatureSet::id).toList();
    }

    private Mono<Void> requireThere(List<FeatureSet> made) {
        return sets.existing(ids(made))
                .count()
                .filter(there -> there < made.size())
                .flatMap(fewer -> Mono.error(Problem.NOT_FOUND.with("Project not found")));
    }

    /**
     * Changes one.
     *
     * @param precondition looks at it as it is and throws when it must not be changed
     * @return as it is now; empty when there is none of that id
     */
    Mono<FeatureSet> change(
            String setId, Map<String, @Nullable Object> patch, String by, Consumer<FeatureSet> precondition) {
        return Mono.defer(() -> sets.find(setId))
                .doOnNext(precondition)
                .flatMap(set -> changed(set, set.said().patched(patch), by))
                .onErrorMap(DuplicateKeyException.class, taken -> taken(new Input(patch, "")))
                .retryWhen(Conflicts.retried());
    }

    private Mono<FeatureSet> changed(FeatureSet set, FeatureSetContent content, String by) {
        return content.equals(set.said()) ? Mono.just(set) : sets.save(set.saying(content, by, clock.instant()));
    }
}
