package io.sluice.launcher;

import io.sluice.launcher.console.StartFailure;
import java.util.Map;
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
 * @param settings what the launcher sets; these win over its configuration file and over the environment
 */
record Part(String name, Class<?> application, Map<String, String> settings) {

    /** Starts it and waits until its port is open. */
    ConfigurableApplicationContext start() {
        String[] arguments = settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new);
        try {
            return new SpringApplicationBuilder(application)
                    .web(WebApplicationType.REACTIVE)
                    .registerShutdownHook(false)
                    .run(arguments);
        } catch (PortInUseException e) {
            throw new StartFailure(
                    "Port " + e.getPort() + " is taken by another program; choose another with --port N.", e);
        } catch (RuntimeException e) {
            throw new StartFailure(name + " did not start: " + NestedExceptionUtils.getMostSpecificCause(e), e);
        }
    }

    /** Its settings hold passwords. */
    @Override
    public String toString() {
        return name;
    }
}
