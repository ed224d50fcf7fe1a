package io.sluice.datasetservice.project;

import io.sluice.kit.mongo.Indexes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.index.Index;

@Configuration(proxyBeanMethods = false)
class ProjectIndexes {

    /** Sparse and over one field, because the embedded database knows neither partial nor fast compound indexes. */
    @Bean
    Indexes.Index projectNameIndex() {
        return Indexes.Index.required(
                Project.class, new Index("uniqueName", Direction.ASC).unique().sparse());
    }

    @Bean
    Indexes.Index projectMemberIndex() {
        return Indexes.Index.optional(Project.class, new Index("members.email", Direction.ASC));
    }

    @Bean
    Indexes.Index projectGroupIndex() {
        return Indexes.Index.optional(Project.class, new Index("groups.groupId", Direction.ASC));
    }

    @Bean
    Indexes.Index projectDeletionIndex() {
        return Indexes.Index.optional(Project.class, new Index("deletion.dueAt", Direction.ASC).sparse());
    }
}
