package io.sluice.authservice.administrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.authservice.AuthServiceApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The service says in one clear line why it does not start. */
@ExtendWith(OutputCaptureExtension.class)
class AdministratorSettingsTests {

    @Test
    void needAPasswordOrAFileForOne(CapturedOutput output) {
        assertThatThrownBy(() -> start()).hasRootCauseInstanceOf(UnusableAdministratorException.class);

        assertThat(output)
                .contains("There is no password for the administrator")
                .contains("auth-service.administrator.password-file");
    }

    @Test
    void refuseAShortPasswordWithoutPrintingIt(CapturedOutput output) {
        assertThatThrownBy(() -> start("--auth-service.administrator.password=hunter2"))
                .hasRootCauseInstanceOf(UnusableAdministratorException.class);

        assertThat(output)
                .contains("The administrator's password must have 8 to 256 characters")
                .doesNotContain("hunter2");
    }

    @Test
    void refuseAnAddressThatIsNone(CapturedOutput output) {
        assertThatThrownBy(() -> start(
                        "--auth-service.administrator.password=correct horse",
                        "--auth-service.administrator.email=root"))
                .hasRootCauseInstanceOf(UnusableAdministratorException.class);

        assertThat(output)
                .contains("This is no e-mail address for the administrator: root")
                .doesNotContain("correct horse");
    }

    private static void start(String... arguments) {
        new SpringApplicationBuilder(AuthServiceApplication.class)
                .properties("spring.config.name=auth-service")
                .run(arguments)
                .close();
    }
}
