package io.sluice.kit.doctor;

import io.sluice.kit.time.ClockConfiguration;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.LifecycleProcessor;
import org.springframework.core.NestedExceptionUtils;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/**
 * {@code doctor}: looks at what a service needs, without starting it. Of the service's own parts only those are made that look, so
 * it is safe beside one that runs.
 */
public final class Doctor {

    /** The name of the program: the first argument. */
    public static final String PROGRAM = "doctor";

    private static final int IMPOSSIBLE = 2;
    private static final long LONGEST_MINUTES = 3;
    private static final long MEMORY = 450L * 1024 * 1024;

    private Doctor() {}

    public static boolean isWanted(String[] arguments) {
        return arguments.length > 0 && arguments[0].equals(PROGRAM);
    }

    /**
     * The program in a service's own jar: {@code doctor [--json] [--gate URL] [--name=value ...]}.
     *
     * @return the exit code: 0 when nothing is wrong, 1 when something is, 2 when nothing could be looked at
     */
    public static int main(Class<?> application, String service, String[] arguments) {
        List<String> settings = new ArrayList<>();
        boolean isJson = false;
        URI gate = null;
        List<String> left = new ArrayList<>(Arrays.asList(arguments).subList(1, arguments.length));
        while (!left.isEmpty()) {
            String argument = left.remove(0);
            if (argument.equals("--json")) {
                isJson = true;
            } else if (argument.equals("--gate") && !left.isEmpty()) {
                gate = URI.create(left.remove(0));
            } else if (argument.startsWith("--") && argument.contains("=")) {
                settings.add(argument);
            } else {
                System.err.println("Unknown option " + argument + " of doctor");
                return IMPOSSIBLE;
            }
        }
        Report report = new Report(System.out, isJson);
        Machine.look(MEMORY).forEach(report::add);
        look(application, service, report::add, settings.toArray(String[]::new));
        if (gate != null) {
            new GateDiagnosis(gate, new ClockConfiguration().clock()).look().forEach(report::add);
        }
        return report.end();
    }

    /**
     * Looks at what one service needs.
     *
     * @param settings each as {@code --name=value}; the others come from the service's file and the environment
     */
    public static void look(Class<?> application, String service, Consumer<Finding> report, String... settings) {
        try (ConfigurableApplicationContext context = context(application, service, settings)) {
            List<Diagnosis> all =
                    List.copyOf(context.getBeansOfType(Diagnosis.class).values());
            await(Flux.fromIterable(all).concatMap(Diagnosis::look), report);
        } catch (RuntimeException failure) {
            report.accept(unusable(failure));
        }
    }

    /** Waits for what is found, for some minutes at most. */
    public static void await(Flux<Finding> findings, Consumer<Finding> report) {
        CountDownLatch end = new CountDownLatch(1);
        Disposable looking = findings.doFinally(signal -> end.countDown())
                .subscribe(report, failure -> report.accept(unusable(failure)));
        try {
            if (!end.await(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                looking.dispose();
                report.accept(Finding.fail(
                        PROGRAM, "something does not answer", "Look at what would come after the last line."));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static Finding unusable(Throwable failure) {
        return Finding.fail(
                "settings",
                NestedExceptionUtils.getMostSpecificCause(failure).toString(),
                "Put right what the message names.");
    }

    /** With nothing in it until somebody asks for it, and nothing that runs. */
    private static ConfigurableApplicationContext context(Class<?> application, String service, String... settings) {
        return new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .lazyInitialization(true)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .properties("spring.config.name=" + service, "logging.level.root=OFF")
                .initializers(context -> context.getBeanFactory().registerSingleton("lifecycleProcessor", new AtRest()))
                .run(settings);
    }

    private static final class AtRest implements LifecycleProcessor {

        @Override
        public void onRefresh() {}

        @Override
        public void onClose() {}

        @Override
        public void start() {}

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }
    }
}
