package io.sluice.datasetservice.setting;

import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Filters;
import io.sluice.datasetservice.project.ProjectAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.FieldMapping.Field;
import io.sluice.kit.query.FieldMapping.Type;
import io.sluice.kit.query.MongoFilter;
import io.sluice.kit.query.Query;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Finds settings among those that the caller may see: the caller's own, those of the projects that the caller is a member
 * of with their datasets and organizations, and those of the platform.
 */
@Component
class SettingSearch {

    private static final long MOST_SECONDS = 10;

    private final ReactiveMongoTemplate mongo;
    private final ProjectAccess projects;
    private final MongoFilter filters = new MongoFilter(SettingSearch::field);

    SettingSearch(ReactiveMongoTemplate mongo, ProjectAccess projects) {
        this.mongo = mongo;
        this.projects = projects;
    }

    Mono<Page<Setting>> page(Caller caller, Query asked) {
        return visibleTo(caller).flatMap(visible -> {
            Bson filter = Filters.and(visible, filters.of(asked.filter()));
            Mono<Long> total = mongo.execute(
                            Setting.class,
                            settings -> settings.countDocuments(
                                    filter, new CountOptions().maxTime(MOST_SECONDS, TimeUnit.SECONDS)))
                    .single();
            return Mono.zip(
                    found(filter, asked), total, (some, all) -> Page.of(some, all, asked.page(), asked.pageSize()));
        });
    }

    private Mono<List<Setting>> found(Bson filter, Query asked) {
        if (asked.pageSize() == 0 || asked.offset() > Integer.MAX_VALUE) {
            return Mono.just(List.of());
        }
        return mongo.execute(
                        Setting.class,
                        settings -> settings.find(filter)
                                .sort(filters.order(asked.sort()))
                                .skip((int) asked.offset())
                                .limit(asked.pageSize())
                                .maxTime(MOST_SECONDS, TimeUnit.SECONDS))
                .map(document -> mongo.getConverter().read(Setting.class, document))
                .collectList();
    }

    private Mono<Bson> visibleTo(Caller caller) {
        return projects.all(caller, Permission.READ_PROJECT).collectList().map(memberships -> {
            List<String> projectIds = memberships.stream()
                    .map(membership -> membership.project().id())
                    .toList();
            Stream<String> organizations = memberships.stream()
                    .map(membership -> membership.project().organizationId())
                    .filter(Objects::nonNull)
                    .distinct()
                    .map(id -> Setting.owner(SettingScope.Type.ORGANIZATION, id));
            Stream<String> always = Stream.of(
                    Setting.owner(SettingScope.Type.USER, caller.userId()),
                    Setting.owner(SettingScope.Type.PLATFORM, SettingScope.ANY));
            return Filters.or(
                    Filters.in("owner", Stream.concat(always, organizations).toList()),
                    Filters.in("projectId", projectIds));
        });
    }

    private static @Nullable Field field(String path) {
        return switch (path) {
            case "id" -> new Field("_id", Type.ID);
            case "creator", "updatedBy" -> new Field(path, Type.JSON);
            case "createdAt", "updatedAt" -> new Field(path, Type.DATE);
            default -> Field.ofClientJson("content." + path);
        };
    }
}
