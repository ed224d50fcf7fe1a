package io.sluice.itemservice.annotation;

import io.sluice.itemservice.dataset.DatasetLabels;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.Query;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What queries for annotations find and do (contract ml §A.5); whether the caller may is checked before. */
@Component
public class AnnotationQueries {

    /** What a query calls annotations. */
    public static final String RESOURCE = "annotations";

    private static final String CLASSIFICATION = "class";

    private final Annotations annotations;
    private final AnnotationEdit edit;
    private final DatasetLabels labels;

    AnnotationQueries(Annotations annotations, AnnotationEdit edit, DatasetLabels labels) {
        this.annotations = annotations;
        this.edit = edit;
        this.labels = labels;
    }

    /**
     * Fails when the dataset does not take the label of annotations that are to be made or changed.
     *
     * @param said the annotation or what changes of it
     * @param where as for {@link #classification}
     */
    public Mono<Void> requireLabel(Caller caller, String datasetId, Map<String, @Nullable Object> said, String where) {
        return labels.require(
                caller,
                datasetId,
                said.get("label") instanceof String label ? Map.of(where + "label", label) : Map.of());
    }

    /**
     * One page.
     *
     * @param api the root of the API, for links
     * @return of annotations as clients see them
     */
    public Mono<Page<Object>> page(String datasetId, Query asked, String api) {
        return annotations
                .page(datasetId, asked)
                .map(page -> page.map(annotation -> AnnotationView.of(annotation, api)));
    }

    /** All that match, as clients see them, in the order of ids or against it. */
    public Flux<Object> all(String datasetId, Condition condition, boolean ascending, String api) {
        return annotations.all(datasetId, condition, ascending).map(annotation -> AnnotationView.of(annotation, api));
    }

    /** All of some items that match, as clients see them, by the id of the item. */
    public Mono<Map<String, List<Object>>> of(Collection<String> itemIds, Condition condition, String api) {
        return annotations
                .of(itemIds, condition)
                .collect(
                        HashMap::new,
                        (found, annotation) -> found.computeIfAbsent(annotation.itemId(), id -> new ArrayList<>())
                                .add(AnnotationView.of(annotation, api)));
    }

    /** How many a dataset has. */
    public Mono<Long> count(String datasetId) {
        return annotations.total(datasetId, new Condition.All(List.of()));
    }

    /**
     * A classification as a client says it, checked, so that it can be stored.
     *
     * @param said its label, attributes and metadata
     * @param where what its fields are named behind, such as {@code annotation.}
     */
    public JsonObject classification(Map<String, @Nullable Object> said, String where) {
        JsonObject classification = new JsonObject(said).with("type", CLASSIFICATION);
        AnnotationContent.parse(classification.members(), where);
        return classification;
    }

    /** Classifies files; doing it again for the same command changes nothing. */
    public Mono<Void> classify(
            String datasetId, Collection<String> itemIds, JsonObject classification, String commandId, String by) {
        AnnotationContent content = AnnotationContent.parse(classification.members(), "");
        return edit.addTo(datasetId, itemIds, content, commandId, by);
    }

    /** Deletes all that match and tells how many there were. */
    public Mono<Long> delete(String datasetId, Condition condition, String by) {
        return edit.delete(datasetId, condition, by);
    }

    /**
     * Changes all that match by a merge patch and tells how many there were.
     *
     * @param system whether all of {@code metadata.system} may be changed
     */
    public Mono<Long> update(
            String datasetId, Condition condition, Map<String, @Nullable Object> patch, boolean system, String by) {
        return edit.change(datasetId, condition, content -> content.changed(patch, system), by);
    }
}
