package io.sluice.datasetservice.setting;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.mongo.Indexes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.index.Index;

/** The indexes of the settings, and how large they may be. */
@Configuration(proxyBeanMethods = false)
class SettingConfiguration {

    @Bean
    Indexes.Index settingNameIndex() {
        return Indexes.Index.required(Setting.class, new Index("uniqueName", Direction.ASC).unique());
    }

    @Bean
    Indexes.Index settingOwnerIndex() {
        return Indexes.Index.required(Setting.class, new Index("owner", Direction.ASC));
    }

    /** Also for the end of a project. */
    @Bean
    Indexes.Index settingProjectIndex() {
        return Indexes.Index.required(Setting.class, new Index("projectId", Direction.ASC).sparse());
    }

    @Bean
    Limits limitsOfSettings() {
        return Limits.of(
                Limit.characters("setting-name", SettingContent.LONGEST_NAME, "The name of a setting"),
                Limit.bytes("setting-size", Settings.LARGEST, "A setting with its value, in JSON"),
                Limit.entries(
                        "settings-of-one",
                        Settings.MOST_OF_ONE,
                        "The settings of one user, dataset, project or organization"));
    }
}
