package io.sluice.itemservice.inspection;

import io.sluice.itemservice.content.StoreCheck;
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
import org.springframework.boot.data.mongodb.autoconfigure.DataMongoAutoConfiguration;
import org.springframework.boot.data.mongodb.autoconfigure.DataMongoReactiveAutoConfiguration;
import org.springframework.boot.mongodb.autoconfigure.MongoReactiveAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

/** {@code scrub} and {@code fsck}: the database of the item-service and its folder, and nothing else of it. */
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
     * @param settings of the item-service, each as {@code --name=value}; the others come from its file and the environment
     * @return the exit code: 0 when all is well, 1 when something is wrong, 2 when nothing could be looked at
     */
    public static int run(InspectionOptions options, PrintStream out, PrintStream err, String... settings) {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Ground.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .properties("spring.config.name=item-service", "logging.level.root=WARN")
                .run(settings)) {
            return run(options, context, out);
        } catch (IOException | RuntimeException failure) {
            err.println("Cannot look at what is kept: " + failure.getMessage());
            return IMPOSSIBLE;
        }
    }

    private static int run(InspectionOptions options, ConfigurableApplicationContext context, PrintStream out)
            throws IOException {
        ReactiveMongoTemplate mongo = context.getBean(ReactiveMongoTemplate.class);
        StoreCheck check = new StoreCheck(
                folder(context.getEnvironment()), mongo, new ItemContents(mongo), context.getBean(Clock.class));
        InspectionReport report =
                new InspectionReport(out, check.size(), options.rate().toBytes());
        if (options.isScrub()) {
            check.scrub(report);
        } else {
            check.compare(options.repairs(), report);
        }
        return report.end();
    }

    private static Path folder(Environment environment) {
        return Path.of(URI.create(environment.getRequiredProperty("item-service.blobs"))
                .getPath());
    }

    /** The programs of the item-service's own jar; the first argument names one. */
    public static int main(List<String> arguments) {
        try {
            List<String> settings = arguments.stream()
                    .filter(argument -> argument.startsWith("--") && argument.contains("="))
                    .filter(argument -> !argument.startsWith("--rate="))
                    .toList();
            List<String> own = arguments.stream()
                    .skip(1)
                    .filter(argument -> !settings.contains(argument))
                    .toList();
            return run(
                    InspectionOptions.parse(arguments.get(0), own),
                    System.out,
                    System.err,
                    settings.toArray(String[]::new));
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            return IMPOSSIBLE;
        }
    }
}
