package io.sluice.launcher;

import io.sluice.launcher.console.StartFailure;
import java.util.List;
import java.util.Objects;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;

/**
 * A service, or the gateway, that runs in this JVM in a Spring context of its own.
 *
 * @param name its name
 * @param application its application class
 * @param settings what the launcher sets, each as {@code name=value}; these win over its configuration file and over the environment
 */
record Part(String name, Class<?> application, List<String> settings) {

    /** Starts it and waits until its port is open. */
    ConfigurableApplicationContext start() {
        try {
            return new SpringApplicationBuilder(application)
                    .web(WebApplicationType.REACTIVE)
                    .registerShutdownHook(false)
                    // Which Spring cannot tell in a thread without a main method; it would read the manifests of all
                    // jars for it.
                    .main(application)
                    .run(arguments());
        } catch (PortInUseException e) {
            throw new StartFailure(
                    "Port " + e.getPort() + " is taken by another program; choose another with --port N.", e);
        } catch (RuntimeException e) {
            Throwable cause = NestedExceptionUtils.getMostSpecificCause(e);
            String reason = Objects.requireNonNullElse(cause.getMessage(), cause.toString());
            LoggerFactory.getLogger(Part.class).warn("{} did not start", name, e);
            throw new StartFailure(name + " did not start: " + reason, e);
        }
    }

    /** Its settings as a command line has them. */
    String[] arguments() {
        return settings.stream().map(setting -> "--" + setting).toArray(String[]::new);
    }

    /** Its settings hold passwords. */
    @Override
    public String toString() {
        return name;
    }
}
