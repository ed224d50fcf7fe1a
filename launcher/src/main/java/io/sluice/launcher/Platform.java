package io.sluice.launcher;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.kit.metric.MetricServer;
import io.sluice.launcher.console.Console;
import io.sluice.launcher.console.StartFailure;
import io.sluice.launcher.data.DataFolder;
import io.sluice.launcher.database.Database;
import io.sluice.launcher.database.Watch;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.netty.ChannelBindException;

/** All that runs in this JVM: the data folder's lock, the database, the services and the gateway. */
final class Platform implements AutoCloseable {

    private final LaunchOptions options;
    private final Console console;
    private final ConcurrentLinkedDeque<AutoCloseable> ground = new ConcurrentLinkedDeque<>();
    private final Map<String, ConfigurableApplicationContext> contexts = new ConcurrentHashMap<>();

    Platform(LaunchOptions options, Console console) {
        this.options = options;
        this.console = console;
    }

    /**
     * Starts everything; returns when the gate says that all is well.
     *
     * @param searchPath the PATH
     */
    void start(String searchPath, Watch watch) {
        Ports.requireFree(options.host(), options.port());
        DataFolder data = DataFolder.open(options.data());
        ground.push(data);
        Database database = options.database(searchPath).start(data, watch);
        ground.push(database);
        console.up("database", database.description());
        Map<String, Integer> ports = Ports.free(Parts.SERVICES);
        startAll(new Parts(options, database.uri(), ports).all());
        new Health(options.gate()).awaitUp();
        options.metricsPort().ifPresent(this::serveMetrics);
    }

    /** To this machine only, whatever address the gate listens on. */
    private void serveMetrics(int port) {
        List<PrometheusRegistry> registries = contexts.values().stream()
                .map(context -> context.getBean(PrometheusMeterRegistry.class).getPrometheusRegistry())
                .toList();
        MetricServer server =
                new MetricServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), registries);
        try {
            server.start();
        } catch (ChannelBindException taken) {
            throw new StartFailure(
                    "Port " + port + " is taken by another program; choose another as SLUICE_METRICS_PORT.", taken);
        }
        ground.push(server::stop);
    }

    /** All at the same time; the first failure ends the wait. */
    private void startAll(List<Part> parts) {
        ExecutorService starters = Executors.newCachedThreadPool();
        List<CompletableFuture<Void>> starts = parts.stream()
                .map(part -> CompletableFuture.runAsync(() -> start(part), starters))
                .toList();
        CompletableFuture<Void> all = CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new));
        starts.forEach(start -> start.exceptionally(failure -> {
            all.completeExceptionally(failure);
            return null;
        }));
        starters.shutdown();
        try {
            all.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StartFailure failure ? failure : e;
        }
    }

    private void start(Part part) {
        Thread.currentThread().setName(part.name());
        contexts.put(part.name(), part.start());
        console.up(part.name(), "started");
    }

    /** The gateway first, so that no request meets half a platform; the database last. */
    @Override
    public void close() {
        close("gateway");
        CompletableFuture.allOf(Parts.SERVICES.stream()
                        .map(service -> CompletableFuture.runAsync(() -> close(service)))
                        .toArray(CompletableFuture[]::new))
                .join();
        while (!ground.isEmpty()) {
            close(ground.pop());
        }
    }

    private void close(String name) {
        ConfigurableApplicationContext context = contexts.remove(name);
        if (context != null) {
            close(context);
        }
    }

    private void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            console.wrong("While stopping: " + e);
        }
    }
}
