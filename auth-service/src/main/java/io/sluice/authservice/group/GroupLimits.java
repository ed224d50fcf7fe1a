package io.sluice.authservice.group;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How large a group may be. */
@Configuration(proxyBeanMethods = false)
class GroupLimits {

    @Bean
    Limits limitsOfGroups() {
        return Limits.of(
                Limit.entries("group-members", Group.MOST_MEMBERS, "The members of a group"),
                Limit.entries("group-subgroups", Group.MOST_SUBGROUPS, "The groups right below a group"),
                Limit.levels("group-depth", GroupTree.DEEPEST, "How deep groups may nest"));
    }
}
