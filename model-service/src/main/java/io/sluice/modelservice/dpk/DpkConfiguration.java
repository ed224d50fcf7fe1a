package io.sluice.modelservice.dpk;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.mongo.Indexes;
import org.bson.Document;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.index.CompoundIndexDefinition;
import org.springframework.data.mongodb.core.index.Index;

/** The indexes of DPKs, and how large they may be. */
@Configuration(proxyBeanMethods = false)
class DpkConfiguration {

    @Bean
    Indexes.Index dpkNameIndex() {
        return Indexes.Index.required(Dpk.class, new Index("uniqueName", Direction.ASC).unique());
    }

    @Bean
    Indexes.Index dpkSharedNameIndex() {
        return Indexes.Index.required(Dpk.class, new Index("sharedName", Direction.ASC).unique());
    }

    @Bean
    Indexes.Index dpkProjectIndex() {
        return Indexes.Index.required(
                Dpk.class, new CompoundIndexDefinition(new Document("projectId", 1).append("_id", 1)));
    }

    @Bean
    Indexes.Index dpkOrganizationIndex() {
        return Indexes.Index.required(
                Dpk.class, new CompoundIndexDefinition(new Document("organizationId", 1).append("_id", 1)));
    }

    @Bean
    Indexes.Index dpkVersionIndex() {
        return Indexes.Index.required(DpkRevision.class, new Index("uniqueVersion", Direction.ASC).unique());
    }

    @Bean
    Indexes.Index dpkVersionsIndex() {
        return Indexes.Index.required(
                DpkRevision.class, new CompoundIndexDefinition(new Document("dpkId", 1).append("order", -1)));
    }

    @Bean
    Indexes.Index dpkVersionsOfProjectIndex() {
        return Indexes.Index.required(DpkRevision.class, new Index("projectId", Direction.ASC));
    }

    @Bean
    Limits limitsOfDpks() {
        return Limits.of(
                Limit.characters("dpk-name", Manifest.LONGEST_NAME, "The name of a DPK"),
                Limit.bytes("dpk-size", Manifest.LARGEST, "A DPK in JSON, without its code"),
                Limit.entries("dpk-components", Manifest.MOST_COMPONENTS, "The components of one kind of a DPK"),
                Limit.entries("dpk-models", Manifest.MOST_MODELS, "The models that a DPK describes"));
    }
}
