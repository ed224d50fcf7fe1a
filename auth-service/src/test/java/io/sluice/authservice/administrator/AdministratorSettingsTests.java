package io.sluice.authservice.administrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.authservice.AuthServiceApplication;
import io.sluice.authservice.password.PasswordHashing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The service says in one clear line why it does not start. */
@ExtendWith(OutputCaptureExtension.class)
class AdministratorSettingsTests {

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withBean(PasswordHashing.class).withUserConfiguration(FirstPassword.class);

    @Test
    void needAPasswordOrAFileForOne(CapturedOutput output) {
        SpringApplicationBuilder service = new SpringApplicationBuilder(AuthServiceApplication.class)
                .properties("spring.config.name=auth-service");

        assertThatThrownBy(() -> service.run()).hasRootCauseInstanceOf(UnusableAdministratorException.class);

        assertThat(output)
                .contains("There is no password for the administrator")
                .contains("auth-service.administrator.password-file");
    }

    @Test
    void refuseAShortPasswordWithoutNamingIt() {
        runner.withPropertyValues("auth-service.administrator.password=hunter2")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(UnusableAdministratorException.class)
                        .hasMessage("The administrator's password must have 8 to 256 characters."));
    }

    @Test
    void takeAnEmptyPasswordForNone() {
        runner.withPropertyValues(
                        "auth-service.administrator.password=", "auth-service.administrator.password-file=/secret")
                .run(context -> assertThat(context.getBean(FirstPassword.class)).hasToString("in /secret"));
    }

    @Test
    void neverShowThePassword() {
        AdministratorProperties settings = new AdministratorProperties("ann@example.org", "correct horse", null);

        assertThat(settings.toString()).contains("ann@example.org").doesNotContain("correct horse");
    }
}
