package io.sluice.authservice.bot;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How many bots a project may have. */
@Configuration(proxyBeanMethods = false)
class BotLimits {

    @Bean
    Limits limitsOfBots() {
        return Limits.of(Limit.entries("project-bots", BotController.MOST_IN_A_PROJECT, "The bots of a project"));
    }
}
