package io.sluice.itemservice.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class BatchesTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<List<Integer>> seen = new ArrayList<>();
    private final Sinks.One<Boolean> go = Sinks.one();

    @Test
    void gathersWhatComesWhileOneIsWorkedOn() {
        Batches<Integer, Integer> doubled = new Batches<>(this::doubled, 3, 1);
        List<Integer> results = new ArrayList<>();

        Flux.range(1, 6).flatMap(doubled::put).subscribe(results::add);
        assertThat(seen).containsExactly(List.of(1));
        go.tryEmitValue(true).orThrow();

        assertThat(seen).containsExactly(List.of(1), List.of(2, 3, 4), List.of(5, 6));
        assertThat(results).containsExactlyInAnyOrder(2, 4, 6, 8, 10, 12);
    }

    @Test
    void tellsAllOfABatchThatFailedAndGoesOn() {
        Batches<Integer, Integer> failing = new Batches<>(
                batch -> batch.contains(1) ? Mono.error(new IllegalStateException("no")) : Mono.just(batch), 3, 1);

        assertThatThrownBy(() -> failing.put(1).block(PATIENCE)).hasMessageContaining("no");
        assertThat(failing.put(2).block(PATIENCE)).isEqualTo(2);
    }

    @Test
    void finishesWhatWasBegunWhenNobodyWaitsAnyMore() {
        Batches<Integer, Integer> doubled = new Batches<>(this::doubled, 3, 1);

        doubled.put(1).subscribe().dispose();
        Mono<Integer> second = doubled.put(2).cache();
        second.subscribe();
        go.tryEmitValue(true).orThrow();

        assertThat(second.block(PATIENCE)).isEqualTo(4);
    }

    private Mono<List<Integer>> doubled(List<Integer> batch) {
        seen.add(batch);
        return go.asMono().map(gone -> batch.stream().map(one -> 2 * one).toList());
    }
}
