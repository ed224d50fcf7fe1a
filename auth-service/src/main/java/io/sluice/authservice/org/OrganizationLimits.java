package io.sluice.authservice.org;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How large an organization may be. */
@Configuration(proxyBeanMethods = false)
class OrganizationLimits {

    @Bean
    Limits limitsOfOrganizations() {
        return Limits.of(
                Limit.characters("organization-name", Organization.LONGEST_NAME, "The name of an organization"),
                Limit.entries("organization-members", Organization.MOST_MEMBERS, "The members of an organization"),
                Limit.entries(
                        "organization-members-at-once",
                        OrganizationMemberController.MOST_AT_ONCE,
                        "The members that one request adds to an organization"));
    }
}
