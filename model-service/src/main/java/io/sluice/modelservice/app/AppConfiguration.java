package io.sluice.modelservice.app;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.mongo.Indexes;
import org.bson.Document;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.index.CompoundIndexDefinition;
import org.springframework.data.mongodb.core.index.Index;

/** The indexes of apps, and how large they may be. */
@Configuration(proxyBeanMethods = false)
class AppConfiguration {

    @Bean
    Indexes.Index appNameIndex() {
        return Indexes.Index.required(App.class, new Index("uniqueName", Direction.ASC).unique());
    }

    @Bean
    Indexes.Index appProjectIndex() {
        return Indexes.Index.required(
                App.class, new CompoundIndexDefinition(new Document("projectId", 1).append("_id", 1)));
    }

    @Bean
    Indexes.Index appDpkIndex() {
        return Indexes.Index.required(
                App.class, new CompoundIndexDefinition(new Document("dpkId", 1).append("revisionId", 1)));
    }

    @Bean
    Limits limitsOfApps() {
        return Limits.of(
                Limit.characters("app-name", AppInstallation.LONGEST_NAME, "The name of an app"),
                Limit.bytes(
                        "app-size",
                        AppInstallation.LARGEST,
                        "The settings and the own installation of an app in JSON"));
    }
}
