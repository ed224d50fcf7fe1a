package io.sluice.authservice.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Configuration;

class SessionPropertiesTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
            .withUserConfiguration(Bound.class);

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(SessionProperties.class)
    static class Bound {}

    @Test
    void letsATokenLiveAnHourAndASessionAMonth() {
        runner.run(context -> assertThat(context.getBean(SessionProperties.class))
                .isEqualTo(new SessionProperties(Duration.ofHours(1), Duration.ofDays(30))));
    }

    @Test
    void readsBothLives() {
        runner.withPropertyValues("auth-service.token-life=5m", "auth-service.refresh-token-life=7d")
                .run(context -> assertThat(context.getBean(SessionProperties.class))
                        .isEqualTo(new SessionProperties(Duration.ofMinutes(5), Duration.ofDays(7))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth-service.token-life=59s",
                "auth-service.token-life=1441m",
                "auth-service.refresh-token-life=59m",
                "auth-service.refresh-token-life=366d"
            })
    void refusesLivesOutOfBounds(String property) {
        runner.withPropertyValues(property).run(context -> assertThat(context).hasFailed());
    }
}
