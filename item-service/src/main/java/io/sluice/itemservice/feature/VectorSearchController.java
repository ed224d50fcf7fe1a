package io.sluice.itemservice.feature;

import io.sluice.itemservice.feature.FeatureVectors.Place;
import io.sluice.itemservice.feature.NearestVectors.Neighbour;
import io.sluice.itemservice.feature.NearestVectors.Search;
import io.sluice.itemservice.feature.NewVector.Numbers;
import io.sluice.kit.access.ProjectClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.query.Condition;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.util.function.Tuple2;

/** The vectors that are nearest to one: an operation of ours, which the published API does not have. */
@RestController
@RequestMapping("/api/v1/features/vectors/search")
@Tag(name = "Feature Vectors")
class VectorSearchController {

    private static final String VECTOR_ID = "vectorId";
    private static final String K = "k";
    private static final String METRIC = "metric";
    private static final String FILTER = "filter";
    private static final int DEFAULT_K = 10;

    private final FeatureSets sets;
    private final FeatureVectors vectors;
    private final NearestVectors nearest;
    private final FeatureQueries queries;
    private final ProjectClient projects;
    private final PublicUrl publicUrl;

    VectorSearchController(
            FeatureSets sets,
            FeatureVectors vectors,
            NearestVectors nearest,
            FeatureQueries queries,
            ProjectClient projects,
            PublicUrl publicUrl) {
        this.sets = sets;
        this.vectors = vectors;
        this.nearest = nearest;
        this.queries = queries;
        this.projects = projects;
        this.publicUrl = publicUrl;
    }

    /**
     * A vector that was found.
     *
     * @param score cosine, dot product or distance, as was asked for
     */
    record Found(String id, String url, String entityId, String datasetId, String featureSetId, double score) {

        private static Found of(Neighbour neighbour, FeatureSet set, String api) {
            Place vector = neighbour.vector();
            return new Found(
                    vector.id(),
                    api + "/features/vectors/" + vector.id(),
                    vector.entityId(),
                    vector.datasetId(),
                    set.id(),
                    neighbour.score());
        }
    }

    /** @param items the nearest first */
    record Answer(Metric metric, List<Found> items) {}

    @PostMapping
    @Operation(
            summary = "Find the nearest vectors",
            description =
                    "The k vectors of a set that are nearest to value, or to the vector vectorId, which itself is left"
                            + " out. metric: cosine, dot (more is nearer) or euclidean (less is nearer). filter: what"
                            + " else they have to be, in the query language. Exact: all that match are looked at.")
    @Requires(Permission.READ_ITEM)
    Mono<Answer> search(@RequestBody Map<String, @Nullable Object> body, Caller caller, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        Input said = new Input(body, "");
        Metric metric = said.has(METRIC)
                ? Metric.named(body.get(METRIC))
                        .orElseThrow(() -> said.invalid(METRIC, "must be cosine, dot or euclidean"))
                : Metric.COSINE;
        int most = said.has(K) ? said.number(K, 1, NearestVectors.MOST) : DEFAULT_K;
        Condition filter = filter(body);
        if (said.has(VECTOR_ID) == said.has(NewVector.VALUE)) {
            throw said.invalid(NewVector.VALUE, "must be there, or " + VECTOR_ID + ", and not both");
        }
        return wanted(said, caller, filter)
                .flatMap(wanted -> nearest.find(new Search(
                                wanted.set, wanted.revision, wanted.value, metric, most, filter, wanted.vectorId))
                        .map(found -> new Answer(
                                metric,
                                found.stream()
                                        .map(neighbour -> Found.of(neighbour, wanted.set, api))
                                        .toList())));
    }

    private Condition filter(Map<String, @Nullable Object> body) {
        Map<String, @Nullable Object> query = new HashMap<>();
        query.put(FILTER, body.get(FILTER));
        return queries.parse(query, FeatureVectorController.RESOURCE).filter();
    }

    private record Wanted(
            FeatureSet set,
            Optional<String> revision,
            Numbers value,
            @Nullable String vectorId) {}

    private Mono<Wanted> wanted(Input said, Caller caller, Condition filter) {
        if (!said.has(VECTOR_ID)) {
            String setId = said.text(NewVector.FEATURE_SET_ID, NewVector.LONGEST_TEXT);
            Numbers value = Numbers.parse(said, NewVector.VALUE);
            return visible(setId, caller, filter, FeatureSetController.unknown(setId))
                    .map(found -> new Wanted(found.getT1(), found.getT2(), value, null))
                    .doOnNext(wanted -> value.requireSize(said, NewVector.VALUE, wanted.set.size()));
        }
        String vectorId = said.text(VECTOR_ID, NewVector.LONGEST_TEXT);
        String setId = said.optionalText(NewVector.FEATURE_SET_ID, NewVector.LONGEST_TEXT);
        ErrorResponseException unknown = FeatureVectorController.unknown(vectorId);
        return vectors.find(vectorId)
                .switchIfEmpty(projects.refuse(caller, () -> unknown))
                .flatMap(vector -> visible(vector.featureSetId(), caller, filter, unknown)
                        .map(found ->
                                new Wanted(found.getT1(), found.getT2(), new Numbers(vector.packed()), vector.id())))
                .doOnNext(wanted -> {
                    if (!Objects.requireNonNullElse(setId, wanted.set.id()).equalsIgnoreCase(wanted.set.id())) {
                        throw Problem.VALIDATION_FAILED.at(
                                NewVector.FEATURE_SET_ID, "is not the set of the vector " + vectorId);
                    }
                });
    }

    /** The set, and what it is at: the database is asked for both at the same time. */
    private Mono<Tuple2<FeatureSet, Optional<String>>> visible(
            String setId, Caller caller, Condition filter, ErrorResponseException unknown) {
        Mono<FeatureSet> visible = sets.find(setId)
                .switchIfEmpty(projects.refuse(caller, () -> unknown))
                .delayUntil(set -> projects.require(caller, set.projectId(), Permission.READ_ITEM, () -> unknown));
        // Marks go by the id in lower case; what is none is unknown anyway.
        return Mono.zip(visible, nearest.revision(setId.toLowerCase(Locale.ROOT), filter));
    }
}
