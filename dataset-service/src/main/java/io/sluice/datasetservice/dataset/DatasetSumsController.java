package io.sluice.datasetservice.dataset;

import com.mongodb.client.model.Filters;
import io.sluice.datasetservice.item.ItemClient;
import io.sluice.datasetservice.project.ProjectAccess;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.Query;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What the datasets of projects come to. */
@RestController
@RequestMapping("/api/v1/datasets")
@Tag(name = "Datasets")
class DatasetSumsController {

    static final int MOST_PROJECTS = 1_000;

    /** As many datasets as an answer shows; their number is told in any case. */
    private static final int MOST_SHOWN = 100;

    private static final int ASKED_AT_ONCE = 100;

    private final ProjectAccess projects;
    private final DatasetSearch search;
    private final ItemClient items;
    private final PublicUrl publicUrl;

    DatasetSumsController(ProjectAccess projects, DatasetSearch search, ItemClient items, PublicUrl publicUrl) {
        this.projects = projects;
        this.search = search;
        this.items = items;
        this.publicUrl = publicUrl;
    }

    /** @param system whether the datasets of the platform itself count, too */
    record CountQuery(
            @Nullable List<@Nullable String> projectIds,
            @Nullable Boolean system) {

        List<String> projects() {
            if (projectIds == null || projectIds.contains(null) || projectIds.size() > MOST_PROJECTS) {
                throw Problem.VALIDATION_FAILED.at("projectIds", "must be a list of at most " + MOST_PROJECTS + " ids");
            }
            return projectIds.stream().filter(Objects::nonNull).toList();
        }

        Query query() {
            return new Query(
                    new Condition.All(List.of()),
                    "datasets",
                    0,
                    MOST_SHOWN,
                    List.of(),
                    projects(),
                    List.of(),
                    Boolean.TRUE.equals(system),
                    null,
                    null,
                    null,
                    false);
        }
    }

    /**
     * @param total how many there are
     * @param datasets the first hundred of them
     */
    record DatasetCount(long total, List<DatasetView> datasets) {}

    @Operation(
            summary = "How many datasets there are in projects",
            description = "total is their number, datasets the first hundred. Projects that the caller is no member of "
                    + "have none for it.")
    @PostMapping("/count")
    @OpenTo(Audience.SIGNED_IN)
    Mono<DatasetCount> count(Caller caller, @RequestBody CountQuery asked, ServerHttpRequest request) {
        Query query = asked.query();
        if (query.projects().isEmpty()) {
            return Mono.just(new DatasetCount(0, List.of()));
        }
        return search.page(caller, query, publicUrl.api(request))
                .map(page -> new DatasetCount(Objects.requireNonNull(page.totalItemsCount()), page.items()));
    }

    /** @param external whether only what lies in other clouds counts, of which the platform keeps nothing */
    record StorageQuery(
            @Nullable String projectId, @Nullable Boolean external) {}

    @Operation(
            summary = "How many bytes a project keeps",
            description =
                    "The sizes of all its files together, hidden ones and those of the platform itself too. Files "
                            + "with equal bytes count each, although these are kept once.")
    @PostMapping("/storage/project")
    @Requires(Permission.READ_DATASET)
    Mono<Long> storage(Caller caller, @RequestBody StorageQuery query) {
        String projectId = query.projectId();
        if (projectId == null) {
            return Mono.error(Problem.VALIDATION_FAILED.at("projectId", "must be the id of a project"));
        }
        Mono<Long> kept = search.all(caller, List.of(projectId), true, Filters.empty())
                .map(Dataset::id)
                .buffer(ASKED_AT_ONCE)
                .concatMap(items::bytes)
                .reduce(0L, Long::sum);
        return projects.require(caller, projectId, Permission.READ_DATASET)
                .then(Boolean.TRUE.equals(query.external()) ? Mono.just(0L) : kept);
    }
}
