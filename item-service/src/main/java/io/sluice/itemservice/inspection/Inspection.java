package io.sluice.itemservice.inspection;

import io.sluice.itemservice.content.BlobMove;
import io.sluice.itemservice.content.BucketCheck;
import io.sluice.itemservice.content.Check;
import io.sluice.itemservice.content.StoreCheck;
import io.sluice.itemservice.content.s3.BucketLocation;
import io.sluice.itemservice.content.s3.S3Properties;
import io.sluice.itemservice.content.segment.SegmentProperties;
import io.sluice.itemservice.item.ItemContents;
import io.sluice.kit.mongo.MongoConfiguration;
import io.sluice.kit.time.ClockConfiguration;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.mongodb.autoconfigure.DataMongoAutoConfiguration;
import org.springframework.boot.data.mongodb.autoconfigure.DataMongoReactiveAutoConfiguration;
import org.springframework.boot.mongodb.autoconfigure.MongoReactiveAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

/** {@code scrub}, {@code fsck} and {@code move-blobs}: the database of the item-service and its folder, and nothing else of it. */
public final class Inspection {

    /** Nothing could be looked at. */
    private static final int IMPOSSIBLE = 2;

    private Inspection() {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        ClockConfiguration.class,
        MongoConfiguration.class,
        MongoReactiveAutoConfiguration.class,
        DataMongoAutoConfiguration.class,
        DataMongoReactiveAutoConfiguration.class
    })
    static class Ground {}

    /**
     * Runs one to its end.
     *
     * @param arguments the first names the program
     * @param settings of the item-service, each as {@code --name=value}; the others come from its file and the environment
     * @return the exit code: 0 when all is well, 1 when something is wrong, 2 when nothing could be looked at
     * @throws IllegalArgumentException with a line for people, when the arguments make no sense
     */
    public static int run(List<String> arguments, PrintStream out, PrintStream err, String... settings) {
        List<String> options = arguments.subList(1, arguments.size());
        return arguments.get(0).equals(MoveOptions.PROGRAM)
                ? run(MoveOptions.parse(options), out, err, settings)
                : run(InspectionOptions.parse(arguments.get(0), options), out, err, settings);
    }

    /** As {@link #run(List, PrintStream, PrintStream, String...)}: {@code scrub} or {@code fsck}. */
    public static int run(InspectionOptions options, PrintStream out, PrintStream err, String... settings) {
        return onGround(
                context -> {
                    try (Closing closing = new Closing(check(context))) {
                        return look(closing.check(), options, out);
                    }
                },
                "Cannot look at what is kept: ",
                err,
                settings);
    }

    /** As {@link #run(List, PrintStream, PrintStream, String...)}: {@code move-blobs}. */
    public static int run(MoveOptions options, PrintStream out, PrintStream err, String... settings) {
        return onGround(
                context -> {
                    ReactiveMongoTemplate mongo = context.getBean(ReactiveMongoTemplate.class);
                    MoveReport report = new MoveReport(out);
                    try (BlobMove move = new BlobMove(
                            options.from(),
                            options.to(),
                            mongo,
                            new ItemContents(mongo),
                            bound(context, "item-service.segment", SegmentProperties.class),
                            bound(context, "item-service.s3", S3Properties.class),
                            context.getBean(Clock.class))) {
                        move.run(report);
                    }
                    return report.end();
                },
                "Cannot move what is kept: ",
                err,
                settings);
    }

    private static int onGround(Program program, String failed, PrintStream err, String... settings) {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Ground.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .properties("spring.config.name=item-service", "logging.level.root=WARN")
                .run(settings)) {
            return program.run(context);
        } catch (IOException | RuntimeException failure) {
            err.println(
                    failed + NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
            return IMPOSSIBLE;
        }
    }

    @FunctionalInterface
    private interface Program {

        int run(ConfigurableApplicationContext context) throws IOException;
    }

    private record Closing(Check check) implements AutoCloseable {

        @Override
        public void close() {
            if (check instanceof BucketCheck bucket) {
                bucket.close();
            }
        }
    }

    private static int look(Check check, InspectionOptions options, PrintStream out) throws IOException {
        InspectionReport report =
                new InspectionReport(out, check.size(), options.rate().toBytes());
        if (options.isScrub()) {
            check.scrub(report);
        } else {
            check.compare(options.repairs(), report);
        }
        return report.end();
    }

    private static Check check(ConfigurableApplicationContext context) {
        ReactiveMongoTemplate mongo = context.getBean(ReactiveMongoTemplate.class);
        Clock clock = context.getBean(Clock.class);
        URI blobs = URI.create(context.getEnvironment().getRequiredProperty("item-service.blobs"));
        return BucketLocation.SCHEME.equals(blobs.getScheme())
                ? new BucketCheck(
                        blobs,
                        bound(context, "item-service.s3", S3Properties.class),
                        mongo,
                        new ItemContents(mongo),
                        clock)
                : new StoreCheck(Path.of(blobs.getPath()), mongo, new ItemContents(mongo), clock);
    }

    private static <T> T bound(ConfigurableApplicationContext context, String prefix, Class<T> type) {
        return Binder.get(context.getEnvironment()).bindOrCreate(prefix, type);
    }

    /** The programs of the item-service's own jar; the first argument names one. */
    public static int main(List<String> arguments) {
        try {
            List<String> settings = arguments.stream()
                    .filter(argument -> argument.startsWith("--") && argument.contains("="))
                    .filter(argument -> !argument.matches("--(rate|from|to)=.*"))
                    .toList();
            List<String> own = arguments.stream()
                    .filter(argument -> !settings.contains(argument))
                    .toList();
            return run(own, System.out, System.err, settings.toArray(String[]::new));
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            return IMPOSSIBLE;
        }
    }
}
