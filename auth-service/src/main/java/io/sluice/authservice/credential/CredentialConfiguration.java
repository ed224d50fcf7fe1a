package io.sluice.authservice.credential;

import io.sluice.kit.auth.SecurityConfiguration.PublicPaths;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the check of credentials needs around it. */
@Configuration(proxyBeanMethods = false)
class CredentialConfiguration {

    @Bean
    PublicPaths credentialStatusPath() {
        return new PublicPaths(List.of(CredentialStatusController.PATH));
    }
}
