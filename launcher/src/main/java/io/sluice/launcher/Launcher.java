package io.sluice.launcher;

import io.sluice.launcher.console.Console;
import io.sluice.launcher.console.StartFailure;
import io.sluice.launcher.database.Watch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/** {@code ./sluice up}: the whole platform in this JVM, until somebody stops it; or a look at what it keeps. */
public final class Launcher {

    private final Console console = new Console(System.out, System.err);

    private volatile boolean ready;

    private Launcher() {}

    /** Ends with exit code 1 and one line when the platform cannot start, or cannot go on. */
    public static void main(String[] arguments) throws InterruptedException {
        new Launcher().run(List.of(arguments));
        new CountDownLatch(1).await();
    }

    private void run(List<String> arguments) {
        Path folder = Path.of("").toAbsolutePath();
        try {
            if (LocalInspection.isWanted(arguments)) {
                inspect(LocalInspection.parse(arguments, System.getenv(), folder));
            } else if (LocalDoctor.isWanted(arguments)) {
                diagnose(LocalDoctor.parse(arguments, System.getenv(), folder));
            } else {
                up(LaunchOptions.parse(arguments, System.getenv(), folder));
            }
        } catch (StartFailure failure) {
            stop(failure.line());
        } catch (RuntimeException failure) {
            LoggerFactory.getLogger(Launcher.class).error("The platform did not start", failure);
            stop("The platform did not start: " + failure);
        }
    }

    private void inspect(LocalInspection inspection) {
        logTo(inspection.options().data().resolve("logs"));
        System.exit(inspection.run(searchPath(), console));
    }

    private void diagnose(LocalDoctor doctor) {
        Path data = doctor.options().data();
        // It leaves no trace where nothing is.
        logTo(
                Files.isDirectory(data)
                        ? data.resolve("logs")
                        : Path.of(System.getProperty("java.io.tmpdir"), "sluice-doctor"));
        System.exit(doctor.run(searchPath(), console));
    }

    private static String searchPath() {
        return System.getenv().getOrDefault("PATH", "");
    }

    private void up(LaunchOptions options) {
        Path log = logTo(options.data().resolve("logs"));
        console.say("Sluice on Java " + Runtime.version().feature() + ", data in " + options.data());
        Platform platform = new Platform(options, console);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(platform), "stop"));
        platform.start(searchPath(), new Announcements());
        ready = true;
        console.say("Ready in " + console.sinceStart() + ".");
        console.fact("address", options.gate());
        console.fact("documentation", options.gate().resolve("/api/v1/docs"));
        console.fact("administrator", options.adminEmail());
        console.fact(
                "password",
                Files.exists(options.passwordFile()) ? "in " + options.passwordFile() : "as chosen at the first start");
        console.fact("log", log);
        console.say("Ctrl-C stops it.");
    }

    /** Before the first logger is asked for: Spring is told to leave logging alone, as all parts share one log. */
    private static Path logTo(Path folder) {
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        System.setProperty("logback.configurationFile", "logback-launcher.xml");
        System.setProperty("sluice.logs", folder.toString());
        return folder.resolve("sluice.log");
    }

    private void stop(Platform platform) {
        if (ready) {
            console.say("Stopping.");
        }
        platform.close();
        if (ready) {
            console.say("Stopped.");
        }
    }

    private void stop(String why) {
        console.wrong(why);
        System.exit(1);
    }

    /** Says what happens to the database. */
    private final class Announcements implements Watch {

        @Override
        public void outgrown(String collection) {
            console.say("The embedded database has more than 10,000 documents in " + collection
                    + ", and each search reads them all. To change over to a real MongoDB, stop this and start it with"
                    + " --mongod PATH --convert.");
        }

        @Override
        public void lost(String why) {
            // On a thread of its own, because the one that brings the news may be needed to stop.
            new Thread(() -> stop(why), "lost").start();
        }
    }
}
