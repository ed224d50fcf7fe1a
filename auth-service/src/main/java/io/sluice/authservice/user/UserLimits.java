package io.sluice.authservice.user;

import io.sluice.authservice.password.PasswordHashing;
import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What an account may be called and have for a password. */
@Configuration(proxyBeanMethods = false)
class UserLimits {

    @Bean
    Limits limitsOfUsers() {
        return Limits.of(
                Limit.characters("user-name", UserDetails.LONGEST_NAME, "Each of the names of a user"),
                Limit.characters("password-shortest", PasswordHashing.SHORTEST, "A password has at least these"),
                Limit.characters("password", PasswordHashing.LONGEST, "A password"));
    }
}
