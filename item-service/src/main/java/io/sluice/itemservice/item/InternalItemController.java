package io.sluice.itemservice.item;

import io.sluice.itemservice.annotation.AnnotationIntake;
import io.sluice.itemservice.annotation.NewAnnotations;
import io.sluice.itemservice.annotation.PeoplesAnnotations;
import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.Content;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.QueryParser;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What the model-service does with items after it has answered: services only. Whoever asked for it was allowed to, which the
 * model-service has made sure of; it says in whose name it acts.
 */
@Hidden
@RestController
@RequestMapping("/internal/items")
class InternalItemController {

    private static final int MOST = 1_000;

    private final Items items;
    private final BlobStore blobs;
    private final AnnotationIntake annotations;
    private final PeoplesAnnotations ofPeople;

    InternalItemController(Items items, BlobStore blobs, AnnotationIntake annotations, PeoplesAnnotations ofPeople) {
        this.items = items;
        this.blobs = blobs;
        this.annotations = annotations;
        this.ofPeople = ofPeople;
    }

    /**
     * Which items are wanted.
     *
     * @param itemIds these; null for those that match
     * @param datasetId where they match; null with ids
     * @param filter of the query language; null for all
     * @param join of the query language; null for none
     * @param after the id behind which the answer begins; null for the beginning
     * @param upTo the highest id that may be in the answer; null with ids
     */
    record Wanted(
            @Nullable List<String> itemIds,
            @Nullable String datasetId,
            @Nullable Map<String, @Nullable Object> filter,
            @Nullable Map<String, @Nullable Object> join,
            @Nullable String after,
            @Nullable String upTo) {

        private Condition condition() {
            Map<String, @Nullable Object> query = new LinkedHashMap<>();
            query.put("filter", filter);
            query.put("join", join);
            return QueryParser.accepted(query);
        }
    }

    /** Where an item is. */
    record Place(String id, String datasetId) {}

    /** The files among them in the order of ids, at most 1,000. */
    @PostMapping("/found")
    @OpenTo(Audience.SERVICE)
    Mono<List<Place>> find(@RequestBody Wanted wanted) {
        List<String> ids = wanted.itemIds();
        if (ids != null) {
            return ids.size() > MOST
                    ? Mono.error(Problem.VALIDATION_FAILED.at("itemIds", "may have at most " + MOST))
                    : items.places(ids)
                            .filter(item -> !item.isDirectory())
                            .map(item -> new Place(item.id(), item.datasetId()))
                            .collectSortedList((one, other) -> one.id().compareTo(other.id()));
        }
        String datasetId = dataset(wanted);
        return items.entries(datasetId, wanted.condition(), wanted.after(), highest(wanted))
                .filter(entry -> !entry.isDirectory())
                .take(MOST)
                .map(entry -> new Place(entry.id(), datasetId))
                .collectList();
    }

    record Count(long count) {}

    /** About how many match; directories count, too. */
    @PostMapping("/count")
    @OpenTo(Audience.SERVICE)
    Mono<Count> count(@RequestBody Wanted wanted) {
        return items.count(dataset(wanted), wanted.condition(), wanted.after(), highest(wanted))
                .map(Count::new);
    }

    private static String dataset(Wanted wanted) {
        String datasetId = wanted.datasetId();
        if (datasetId == null || !ObjectId.isValid(datasetId)) {
            throw Problem.VALIDATION_FAILED.at("datasetId", "must be an id");
        }
        return datasetId;
    }

    private static String highest(Wanted wanted) {
        String upTo = wanted.upTo();
        if (upTo == null || !ObjectId.isValid(upTo)) {
            throw Problem.VALIDATION_FAILED.at("upTo", "must be an id");
        }
        return upTo;
    }

    /** The bytes of a file. */
    @GetMapping("/{itemId}/stream")
    @OpenTo(Audience.SERVICE)
    Mono<Void> stream(@PathVariable String itemId, ServerWebExchange exchange) {
        return items.find(itemId)
                .filter(item -> item.content() != null)
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No file " + itemId)))
                .flatMap(item -> {
                    Content content = Objects.requireNonNull(item.content());
                    return new Download(item, content, blobs, false).writeTo(exchange);
                });
    }

    /**
     * What was found on an item.
     *
     * @param annotations as clients write them
     */
    record Annotated(String itemId, List<Object> annotations) {}

    /**
     * What a model found.
     *
     * @param creator who has asked for it
     * @param executionId of the execution that asked
     */
    record Findings(String creator, String modelId, String executionId, List<Annotated> items) {

        private Condition former() {
            return QueryParser.accepted(Map.of("filter", Map.of("metadata.user.model.model_id", modelId)));
        }
    }

    /** @param label that the dataset of the item does not take */
    record Refused(String itemId, String label) {}

    /** @param refused of which nothing was kept */
    record Kept(List<Refused> refused) {}

    /**
     * Adds annotations in place of those that the model found before, where nobody has changed these. Those of items that are
     * gone are left out, and once more is as good as once. An item with a label that its dataset does not take stays as it
     * is.
     */
    @PostMapping("/annotations")
    @OpenTo(Audience.SERVICE)
    Mono<Kept> annotate(@RequestBody Findings findings) {
        if (findings.items().size() > MOST) {
            throw Problem.VALIDATION_FAILED.at("items", "may be at most " + MOST);
        }
        Map<String, NewAnnotations> said = new LinkedHashMap<>();
        findings.items().forEach(item -> said.put(item.itemId(), annotations.parse(item.annotations())));
        return items.places(said.keySet())
                .filter(item -> !item.isDirectory())
                .collect(
                        () -> new LinkedHashMap<String, Map<String, NewAnnotations>>(),
                        (datasets, item) -> datasets.computeIfAbsent(item.datasetId(), id -> new LinkedHashMap<>())
                                .put(item.id(), Objects.requireNonNull(said.get(item.id()))))
                .flatMapMany(datasets -> Flux.fromIterable(new ArrayList<>(datasets.entrySet())))
                .concatMap(dataset -> annotate(dataset.getKey(), dataset.getValue(), findings))
                .collectList()
                .map(Kept::new);
    }

    private Flux<Refused> annotate(String datasetId, Map<String, NewAnnotations> said, Findings findings) {
        return annotations.withRefusedLabels(datasetId, said).flatMapMany(wrong -> {
            Map<String, NewAnnotations> taken = new LinkedHashMap<>(said);
            taken.keySet().removeAll(wrong.keySet());
            Mono<Void> replacing = taken.isEmpty()
                    ? Mono.empty()
                    : annotations.replace(
                            datasetId, taken, findings.creator(), findings.executionId(), findings.former());
            return replacing.thenMany(
                    Flux.fromIterable(wrong.entrySet()).map(entry -> new Refused(entry.getKey(), entry.getValue())));
        });
    }

    /** Which annotations are wanted: of these items, of these types. */
    record WantedAnnotations(List<String> itemIds, List<String> types) {}

    /** Those that people have made, as they are read. */
    @PostMapping("/annotations/of-people")
    @OpenTo(Audience.SERVICE)
    Flux<PeoplesAnnotations.Said> annotationsOfPeople(@RequestBody WantedAnnotations wanted) {
        if (wanted.itemIds().size() > MOST) {
            throw Problem.VALIDATION_FAILED.at("itemIds", "may have at most " + MOST);
        }
        return ofPeople.of(wanted.itemIds(), wanted.types());
    }
}
