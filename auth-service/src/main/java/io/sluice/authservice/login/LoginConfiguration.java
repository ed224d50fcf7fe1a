package io.sluice.authservice.login;

import io.sluice.kit.auth.SecurityConfiguration.PublicPaths;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who has no token yet must be able to see the page. */
@Configuration(proxyBeanMethods = false)
class LoginConfiguration {

    @Bean
    PublicPaths loginPaths() {
        return new PublicPaths(List.of(LoginController.PATH));
    }
}
