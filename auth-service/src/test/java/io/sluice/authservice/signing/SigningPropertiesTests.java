package io.sluice.authservice.signing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Configuration;

class SigningPropertiesTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
            .withUserConfiguration(Bound.class);

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(SigningProperties.class)
    static class Bound {}

    @Test
    void keepsNothingAndChangesTheKeyEveryMonthByDefault() {
        runner.withPropertyValues("auth-service.signing-keys.secret=", "auth-service.signing-keys.secret-file=")
                .run(context -> assertThat(context.getBean(SigningProperties.class))
                        .isEqualTo(new SigningProperties(null, null, Duration.ofDays(30))));
    }

    @Test
    void readsAllAndShowsNoSecret() {
        runner.withPropertyValues(
                        "auth-service.signing-keys.secret=c2VjcmV0",
                        "auth-service.signing-keys.secret-file=/secret",
                        "auth-service.signing-keys.rotation=7d")
                .run(context -> {
                    SigningProperties properties = context.getBean(SigningProperties.class);
                    assertThat(properties)
                            .isEqualTo(new SigningProperties("c2VjcmV0", Path.of("/secret"), Duration.ofDays(7)));
                    assertThat(properties.toString()).doesNotContain("c2VjcmV0");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"59m", "366d"})
    void refusesARotationOutOfBounds(String rotation) {
        runner.withPropertyValues("auth-service.signing-keys.rotation=" + rotation)
                .run(context -> assertThat(context).hasFailed());
    }
}
