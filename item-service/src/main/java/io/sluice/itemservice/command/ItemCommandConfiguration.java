package io.sluice.itemservice.command;

import io.sluice.kit.command.CommandConfiguration;
import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Work on items that takes long is carried out as commands. */
@Configuration(proxyBeanMethods = false)
@Import(CommandConfiguration.class)
class ItemCommandConfiguration {

    @Bean
    Limits limitsOfCommandHistory() {
        return Limits.of(Limit.entries(
                "command-history", CommandHistory.MOST, "The last commands about a dataset that are shown"));
    }
}
