package io.sluice.kit.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * What a narrowed token needs for a request, before anything else is looked at. The first row that fits decides; without
 * a row, or with one that says {@link Need#closed}, a narrowed token opens nothing.
 */
final class ScopedPaths {

    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private static final Set<String> READING_ENDS =
            Set.of("/query", "/infer", "/annotations/labels", "/annotations/types", "/items/bulk/check");

    private static final Set<String> READ_BY_POST = Set.of(
            "/api/v1/datasets/count",
            "/api/v1/datasets/storage/project",
            "/api/v1/datasets/exports",
            "/api/v1/features/vectors/project-count-aggregation",
            "/api/v1/features/vectors/search");

    private static final PathPattern DPK_VERSIONS =
            PathPatternParser.defaultInstance.parse("/api/v1/app-registry/*/revisions");

    private static final List<Row> ROWS = new Rows()
            // Who am I: the SDK asks this before it takes a key.
            .open("/api/v1/users/me", "/api/users/me")
            // A narrowed token must not make a broader one.
            .closed("/api/v1/apiKeys/**", "/api/v1/projects/*/bots/**")
            .closed("/api/v1/users/me/password", "/api/users/me/password")
            .closed("/api/v1/users/*/passwordReset", "/api/users/*/passwordReset")
            .outside(Scope.USERS_READ, Scope.USERS_WRITE, "/api/v1/users/**", "/api/users/**")
            .outside(Scope.USERS_READ, Scope.USERS_WRITE, "/api/v1/orgs/**", "/api/v1/groups/**")
            .inProjects(Scope.ITEMS_READ, Scope.ITEMS_WRITE, "/api/v1/items/**", "/api/v1/datasets/*/items/**")
            .inProjects(
                    Scope.ITEMS_READ, Scope.ITEMS_WRITE, "/api/v1/annotations/**", "/api/v1/datasets/*/annotations/**")
            .inProjects(Scope.ITEMS_READ, Scope.ITEMS_WRITE, "/api/v1/features/**")
            .inProjects(Scope.ITEMS_READ, Scope.ITEMS_WRITE, "/api/v1/datasets/*/query")
            .inProjects(Scope.ITEMS_READ, Scope.ITEMS_WRITE, "/api/v1/datasets/*/directoryTree")
            .inProjects(Scope.ITEMS_READ, Scope.ITEMS_WRITE, "/api/v1/datasets/*/split", "/api/v1/datasets/*/sync")
            .inProjects(Scope.ITEMS_READ, Scope.ITEMS_WRITE, "/api/v1/datasets/*/counters")
            .inProjects(Scope.ITEMS_READ, Scope.ITEMS_WRITE, "/api/v1/datasets/*/schema/**")
            .inProjects(Scope.ITEMS_READ, Scope.ITEMS_WRITE, "/api/v1/datasets/countAnnotationsByProject/*")
            .inProjects(Scope.ITEMS_READ, Scope.ITEMS_WRITE, "/api/v1/datasets/deleteExpiredItems")
            .inProjects(Scope.PROJECTS_READ, Scope.PROJECTS_WRITE, "/api/v1/activities/**")
            .inProjects(Scope.ITEMS_READ, Scope.ITEMS_WRITE, "/api/v1/datasets/*/export/**")
            .inProjects(
                    Scope.ITEMS_READ, Scope.ITEMS_WRITE, "/api/v1/datasets/*/exports/**", "/api/v1/datasets/exports")
            .inProjects(Scope.ITEMS_READ, Scope.ITEMS_WRITE, "/api/v1/commands/**")
            .inProjects(Scope.DATASETS_READ, Scope.DATASETS_WRITE, "/api/v1/datasets/**")
            .inProjects(Scope.DATASETS_READ, Scope.DATASETS_WRITE, "/api/v1/recipes/**", "/api/v1/ontologies/**")
            .inProjects(Scope.MODELS_READ, Scope.MODELS_WRITE, "/api/v1/ml/models/**", "/v2/**")
            .inProjects(Scope.MODELS_READ, Scope.MODELS_WRITE, "/api/v1/ml/metrics/**")
            .inProjects(Scope.MODELS_READ, Scope.MODELS_WRITE, "/api/v1/executions/**", "/api/v1/services/**")
            .inProjects(Scope.MODELS_READ, Scope.MODELS_WRITE, "/api/v1/query/faas")
            .inProjects(Scope.MODELS_READ, Scope.MODELS_WRITE, "/api/v1/app-registry/**", "/api/v1/apps/**")
            .projects("/api/v1/projects", "/api/v1/projects/*/**")
            .rows;

    private ScopedPaths() {}

    /**
     * @param read the scope for what changes nothing
     * @param isOutside whether this belongs to no project, so that no token reaches it that was narrowed to some
     */
    private record Need(@Nullable Scope read, @Nullable Scope write, boolean isOutside, boolean isOpen) {

        private static final Need OPEN = new Need(null, null, false, true);
        private static final Need CLOSED = new Need(null, null, true, false);
    }

    private record Row(@Nullable Set<HttpMethod> methods, PathPattern pattern, Need need) {

        boolean fits(HttpMethod method, PathContainer path) {
            return (methods == null || methods.contains(method)) && pattern.matches(path);
        }
    }

    private static final class Rows {

        private final List<Row> rows = new ArrayList<>();

        Rows open(String... patterns) {
            return add(SAFE, Need.OPEN, patterns);
        }

        Rows closed(String... patterns) {
            return add(null, Need.CLOSED, patterns);
        }

        Rows outside(Scope read, Scope write, String... patterns) {
            return add(null, new Need(read, write, true, false), patterns);
        }

        Rows inProjects(Scope read, Scope write, String... patterns) {
            return add(null, new Need(read, write, false, false), patterns);
        }

        /** A new project is in none of those that a token was narrowed to. */
        Rows projects(String all, String each) {
            Need inside = new Need(Scope.PROJECTS_READ, Scope.PROJECTS_WRITE, false, false);
            Need outside = new Need(Scope.PROJECTS_READ, Scope.PROJECTS_WRITE, true, false);
            return add(SAFE, inside, all).add(null, outside, all).add(null, inside, each);
        }

        private Rows add(@Nullable Set<HttpMethod> methods, Need need, String... patterns) {
            for (String pattern : patterns) {
                rows.add(new Row(methods, PathPatternParser.defaultInstance.parse(pattern), need));
            }
            return this;
        }
    }

    /**
     * Refuses a request that the token was narrowed not to make.
     *
     * @throws org.springframework.web.ErrorResponseException {@link io.sluice.kit.error.Problem#FORBIDDEN}
     */
    static void require(Caller caller, ServerHttpRequest request) {
        if (!caller.reach().isNarrowed()) {
            return;
        }
        HttpMethod method = request.getMethod();
        PathContainer path = request.getPath().pathWithinApplication();
        Need need = ROWS.stream()
                .filter(row -> row.fits(method, path))
                .map(Row::need)
                .findFirst()
                .orElse(Need.CLOSED);
        if (need.isOpen()) {
            return;
        }
        Scope scope = isRead(method, path) ? need.read() : need.write();
        if (scope == null) {
            throw Caller.outOfReach("This token was narrowed and does not open this", "");
        }
        caller.require(scope);
        if (need.isOutside() && !caller.reach().leavesProjects()) {
            throw Caller.outOfReach("This token was narrowed to projects, and this belongs to none of them", "");
        }
    }

    /** A query is a POST; when it changes something, the permission for that asks for the scope to write. */
    private static boolean isRead(HttpMethod method, PathContainer path) {
        return SAFE.contains(method)
                || method == HttpMethod.POST
                        && (READING_ENDS.stream().anyMatch(path.value()::endsWith)
                                || READ_BY_POST.contains(path.value())
                                || DPK_VERSIONS.matches(path));
    }
}
