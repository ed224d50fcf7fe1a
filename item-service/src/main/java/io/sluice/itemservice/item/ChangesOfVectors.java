package io.sluice.itemservice.item;

import io.sluice.itemservice.feature.FeatureChanges;
import io.sluice.kit.query.Condition;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The same marks and totals as of the items of a dataset, for the vectors of a set; no set has the id of a dataset. */
@Component
class ChangesOfVectors implements FeatureChanges {

    private final ChangeMarks marks;
    private final Totals totals;

    ChangesOfVectors(ChangeMarks marks, Totals totals) {
        this.marks = marks;
        this.totals = totals;
    }

    @Override
    public <T> Mono<T> around(Collection<String> setIds, Mono<T> change) {
        return marks.around(
                setIds.stream().distinct().collect(Collectors.toMap(setId -> setId, setId -> List.of())), change);
    }

    @Override
    public Mono<String> revision(String setId) {
        return marks.revision(setId);
    }

    @Override
    public Mono<Long> total(
            String setId,
            Condition condition,
            Function<Condition, Mono<Long>> counting,
            Function<Condition, @Nullable String> worded) {
        return totals.of(setId, condition, Totals.Counting.of(counting, worded));
    }
}
