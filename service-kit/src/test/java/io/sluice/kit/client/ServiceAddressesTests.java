package io.sluice.kit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class ServiceAddressesTests {

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(Settings.class);

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(ServiceAddresses.class)
    static class Settings {}

    @Test
    void looksForThePeersOnThisMachineWhenNothingIsSet() {
        runner.run(context -> {
            ServiceAddresses addresses = context.getBean(ServiceAddresses.class);

            assertThat(addresses.of("auth-service")).hasToString("http://127.0.0.1:8081");
            assertThat(addresses.of("dataset-service")).hasToString("http://127.0.0.1:8082");
            assertThat(addresses.of("item-service")).hasToString("http://127.0.0.1:8083");
        });
    }

    @Test
    void takesThePropertyOfAPeer() {
        runner.withPropertyValues("sluice.services.item-service=http://items:8080")
                .run(context -> {
                    ServiceAddresses addresses = context.getBean(ServiceAddresses.class);

                    assertThat(addresses.of("item-service")).hasToString("http://items:8080");
                    assertThat(addresses.of("auth-service")).hasToString("http://127.0.0.1:8081");
                });
    }

    @Test
    void takesThePeersFromTheEnvironment() {
        Map<String, Object> environment = Map.of(
                "SLUICE_SERVICES_ITEM_SERVICE", "http://items:8080",
                "SLUICE_SERVICES_AUTH_SERVICE", "http://auth:8080");

        runner.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", environment)))
                .run(context -> {
                    ServiceAddresses addresses = context.getBean(ServiceAddresses.class);

                    assertThat(addresses.of("item-service")).hasToString("http://items:8080");
                    assertThat(addresses.of("auth-service")).hasToString("http://auth:8080");
                });
    }

    @Test
    void failsAtTheStartWhenAnAddressIsNone() {
        runner.withPropertyValues("sluice.services.item-service=not an address")
                .run(context -> assertThat(context).hasFailed());
    }

    @Test
    void knowsNoPeerOfAnotherName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ServiceAddresses(Map.of()).of("video-service"))
                .withMessage("No service video-service");
    }
}
