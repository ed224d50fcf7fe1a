package io.sluice.kit.metric;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Looks at what has to be asked for. A figure that cannot be had stays as it was. */
final class Samples implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Samples.class);

    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final MeterRegistry registry;
    private final List<Sampled> all;
    private Disposable looking = Disposables.disposed();

    Samples(MeterRegistry registry, List<Sampled> all) {
        this.registry = registry;
        this.all = all;
    }

    private record Kept(Sampled sampled, MultiGauge gauge) {

        Mono<Void> look() {
            return sampled.values()
                    .get()
                    .timeout(PATIENCE)
                    .doOnNext(this::keep)
                    .onErrorResume(failure -> {
                        log.debug("{} cannot be told: {}", sampled.name(), failure.toString());
                        return Mono.empty();
                    })
                    .then();
        }

        private void keep(Map<String, Long> values) {
            gauge.register(
                    values.entrySet().stream()
                            .<MultiGauge.Row<?>>map(value ->
                                    MultiGauge.Row.of(Tags.of(sampled.tag(), value.getKey()), value.getValue()))
                            .toList(),
                    true);
        }
    }

    @Override
    public void start() {
        List<Kept> kept = all.stream()
                .map(sampled -> new Kept(
                        sampled,
                        MultiGauge.builder(sampled.name())
                                .description(sampled.description())
                                .register(registry)))
                .toList();
        looking = Flux.interval(Duration.ZERO, EVERY)
                .onBackpressureDrop()
                .concatMap(tick -> Flux.fromIterable(kept).concatMap(Kept::look).then(), 1)
                .subscribe();
    }

    @Override
    public void stop() {
        looking.dispose();
    }

    @Override
    public boolean isRunning() {
        return !looking.isDisposed();
    }
}
