package io.sluice.kit.metric;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The figures of several registries as one: what has the same name must stand together in the text. */
final class Merged {

    private Merged() {}

    static MetricSnapshots of(List<PrometheusRegistry> registries) {
        if (registries.size() == 1) {
            return registries.get(0).scrape();
        }
        Map<String, List<MetricSnapshot>> byName = new LinkedHashMap<>();
        for (PrometheusRegistry registry : registries) {
            for (MetricSnapshot snapshot : registry.scrape()) {
                byName.computeIfAbsent(snapshot.getMetadata().getPrometheusName(), name -> new ArrayList<>())
                        .add(snapshot);
            }
        }
        return new MetricSnapshots(byName.values().stream().map(Merged::one).toList());
    }

    private static MetricSnapshot one(List<MetricSnapshot> same) {
        MetricMetadata about = same.get(0).getMetadata();
        MetricSnapshot first = same.get(0);
        if (first instanceof CounterSnapshot) {
            return new CounterSnapshot(about, points(same, CounterSnapshot.class, CounterSnapshot::getDataPoints));
        }
        if (first instanceof GaugeSnapshot) {
            return new GaugeSnapshot(about, points(same, GaugeSnapshot.class, GaugeSnapshot::getDataPoints));
        }
        if (first instanceof HistogramSnapshot) {
            return new HistogramSnapshot(
                    about, points(same, HistogramSnapshot.class, HistogramSnapshot::getDataPoints));
        }
        if (first instanceof SummarySnapshot) {
            return new SummarySnapshot(about, points(same, SummarySnapshot.class, SummarySnapshot::getDataPoints));
        }
        if (first instanceof InfoSnapshot) {
            return new InfoSnapshot(about, points(same, InfoSnapshot.class, InfoSnapshot::getDataPoints));
        }
        return new UnknownSnapshot(about, points(same, UnknownSnapshot.class, UnknownSnapshot::getDataPoints));
    }

    /** Those of another kind under the same name are left out; there are none. */
    private static <S extends MetricSnapshot, P> List<P> points(
            List<MetricSnapshot> same, Class<S> kind, Function<S, List<P>> points) {
        return same.stream()
                .filter(kind::isInstance)
                .flatMap(snapshot -> points.apply(kind.cast(snapshot)).stream())
                .toList();
    }
}
