package io.sluice.itemservice.feature;

import io.sluice.kit.access.ProjectClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.query.Selection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What queries for feature sets and for vectors have in common: they read, in projects of the caller's. */
@Component
class FeatureQueries {

    private static final int AT_ONCE = 8;

    private final QueryParser parser;
    private final ProjectClient projects;
    private final JsonMapper json;

    FeatureQueries(QueryParser parser, ProjectClient projects, JsonMapper json) {
        this.parser = parser;
        this.projects = projects;
        this.json = json;
    }

    Query parse(Map<String, @Nullable Object> body, String resource) {
        Query query = parser.parse(body, resource);
        if (!query.resource().equals(resource)) {
            throw Problem.UNSUPPORTED.at("resource", "must be " + resource);
        }
        if (query.isChange()) {
            throw Problem.UNSUPPORTED.at(
                    query.delete() ? "delete" : query.update() == null ? "references" : "update",
                    "is not supported here");
        }
        return query;
    }

    /** The projects that a query is about, all of which the caller is a member of. */
    Mono<List<String>> projects(Query query, Caller caller) {
        return query.projects().isEmpty()
                ? all(caller)
                : Flux.fromIterable(query.projects())
                        .distinct()
                        .flatMapSequential(
                                projectId -> projects.require(caller, projectId, Permission.READ_ITEM), AT_ONCE)
                        .map(access -> access.projectId())
                        .collectList();
    }

    /** All that the caller is a member of. */
    Mono<List<String>> all(Caller caller) {
        caller.require(Permission.READ_ITEM);
        return projects.all(caller).collectList();
    }

    /** What of each entry was asked for. */
    Page<Object> selected(Query query, Page<?> page) {
        Selection selection = query.select();
        return page.map(view -> selection == null ? view : selection.of(json.<ObjectNode>valueToTree(view)));
    }
}
