package io.sluice.authservice.oauth;

import io.sluice.kit.auth.SecurityConfiguration.PublicPaths;
import io.sluice.kit.mongo.Indexes.Index;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort;

/** What the authorization server needs around it. */
@Configuration(proxyBeanMethods = false)
class OAuthConfiguration {

    /** Each of them looks itself at who asks. */
    @Bean
    PublicPaths oauthPaths() {
        return new PublicPaths(List.of(
                AuthorizeController.PATH,
                OAuthTokenController.PATH,
                RevocationController.PATH,
                IntrospectionController.PATH,
                DiscoveryController.OPENID,
                DiscoveryController.OAUTH));
    }

    /** Sweeps codes that nobody fetched; optional, because an expired code is refused whether it is swept or not. */
    @Bean
    Index codeExpiry() {
        var expiry = new org.springframework.data.mongodb.core.index.Index("expiresAt", Sort.Direction.ASC).expire(0);
        return Index.optional(AuthorizationCode.class, expiry);
    }
}
