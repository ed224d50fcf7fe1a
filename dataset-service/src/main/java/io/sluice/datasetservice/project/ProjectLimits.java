package io.sluice.datasetservice.project;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How large a project may be. */
@Configuration(proxyBeanMethods = false)
class ProjectLimits {

    @Bean
    Limits limitsOfProjects() {
        return Limits.of(
                Limit.characters("project-name", Project.LONGEST_NAME, "The name of a project"),
                Limit.entries("project-members", Project.MOST_MEMBERS, "The members of a project"),
                Limit.entries("project-groups", Project.MOST_GROUPS, "The groups that belong to a project"),
                Limit.entries(
                        "project-members-at-once",
                        MemberController.MOST_AT_ONCE,
                        "The members that one request adds to a project"));
    }
}
