package io.sluice.authservice.user;

import io.sluice.kit.auth.SecurityConfiguration.PublicPaths;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the users need around them. */
@Configuration(proxyBeanMethods = false)
class UserConfiguration {

    /** Whoever has lost the password has no token. */
    @Bean
    PublicPaths passwordResetPaths() {
        return new PublicPaths(
                List.of("/api/v1/users" + PasswordController.RESET, "/api/users" + PasswordController.RESET));
    }
}
