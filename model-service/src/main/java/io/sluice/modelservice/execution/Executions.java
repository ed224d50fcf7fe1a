package io.sluice.modelservice.execution;

import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Filters;
import io.sluice.kit.command.Command;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.FieldMapping.Field;
import io.sluice.kit.query.FieldMapping.Type;
import io.sluice.kit.query.MongoFilter;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryLimits;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The stored executions, as queries find them. */
@Repository
class Executions {

    private static final String ABOUT = "about.";
    private static final Set<String> STATUS = Set.of("status", "latestStatus.status");

    private final ReactiveMongoTemplate mongo;
    private final long mostMillis;
    private final MongoFilter filters = new MongoFilter(Executions::field);

    Executions(ReactiveMongoTemplate mongo, QueryLimits limits) {
        this.mongo = mongo;
        this.mostMillis = limits.time().toMillis();
    }

    /** One page of those of some projects, and how many match in all. */
    Mono<Page<Command>> page(Collection<String> projectIds, Query asked) {
        Bson filter = Filters.and(Filters.in("projectId", projectIds), filters.of(asked.filter()));
        Mono<Long> total = mongo.execute(
                        Command.class,
                        all -> all.countDocuments(
                                filter, new CountOptions().maxTime(mostMillis, TimeUnit.MILLISECONDS)))
                .next();
        Flux<Command> found = asked.pageSize() == 0
                ? Flux.empty()
                : mongo.execute(
                                Command.class,
                                all -> all.find(filter)
                                        .sort(filters.order(asked.sort()))
                                        .skip((int) Math.min(Integer.MAX_VALUE, asked.offset()))
                                        .limit(asked.pageSize())
                                        .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                        .map(document -> mongo.getConverter().read(Command.class, document));
        return found.collectList()
                .zipWith(total, (page, count) -> Page.of(page, count, asked.page(), asked.pageSize()));
    }

    private static @Nullable Field field(String path) {
        return switch (path) {
            case "id" -> new Field("_id", Type.ID);
            case "projectId", "creator" -> new Field(path, Type.JSON);
            case "status", "latestStatus.status" -> new Field("status", Type.JSON);
            case "functionName" -> new Field("type", Type.JSON);
            case "serviceId" -> new Field(ABOUT + Execution.SERVICE_ID, Type.JSON);
            case "modelId", "model.id" -> new Field(ABOUT + Execution.MODEL_ID, Type.JSON);
            case "createdAt", "updatedAt" -> new Field(path, Type.DATE);
            default -> null;
        };
    }

    /** A query in which what is said of the status is said as it is stored. */
    @SuppressWarnings("unchecked") // The keys of a JSON object are texts.
    static Map<String, @Nullable Object> inStoredWords(Map<String, @Nullable Object> query) {
        return (Map<String, @Nullable Object>) inStoredWords(query, false);
    }

    private static Object inStoredWords(Object value, boolean isStatus) {
        if (value instanceof Map<?, ?> object) {
            Map<Object, @Nullable Object> said = new LinkedHashMap<>();
            object.forEach((key, member) ->
                    said.put(key, member == null ? null : inStoredWords(member, isStatus || STATUS.contains(key))));
            return said;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(member -> inStoredWords(member, isStatus)).toList();
        }
        return isStatus && value instanceof String status
                ? status.toUpperCase(Locale.ROOT).replace('-', '_')
                : value;
    }
}
