package io.sluice.datasetservice.ontology;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.docs.Conditional;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The labels of an ontology one by one (contract ml B.3). */
@RestController
@RequestMapping("/api/v1/ontologies/{ontologyId}")
@Tag(name = "Labels")
class LabelController {

    /** As many labels as one request names by their ids: each may move all the others. */
    static final int MOST_BY_ID = 1_000;

    private static final String LABELS = "labelsNode";

    private final Ontologies ontologies;
    private final QueryParser queries;
    private final PublicUrl publicUrl;

    LabelController(Ontologies ontologies, QueryParser queries, PublicUrl publicUrl) {
        this.ontologies = ontologies;
        this.queries = queries;
        this.publicUrl = publicUrl;
    }

    @Operation(
            summary = "Create labels, or change them",
            description =
                    "Each is named by its whole path in tag, with dots between; what is missing above it is made, too. "
                            + "Of a label that is there, members that are left out stay. Answers these labels.")
    @PostMapping("/labels")
    @Requires(Permission.UPDATE_DATASET)
    Mono<List<LabelView>> create(
            Caller caller,
            @PathVariable String ontologyId,
            @RequestBody List<@Nullable Object> labels,
            ServerHttpRequest request) {
        List<?> nodes = checked("", labels, LabelTree.MOST);
        return ontologies
                .change(caller, ontologyId, read -> {}, ontology -> upserted(ontology, "", nodes, true))
                .map(ontology -> named(ontology, nodes, "tag", Label::path, request));
    }

    @Operation(
            summary = "Change labels",
            description =
                    "By their paths, {labelsNode, upsert}: answers the whole ontology; with upsert, missing ones are "
                            + "made, else they are refused. Or by their ids, a list: answers these labels. Members that are left "
                            + "out stay.")
    @PatchMapping("/labels")
    @Requires(Permission.UPDATE_DATASET)
    @Conditional
    Mono<ResponseEntity<Object>> update(
            Caller caller, @PathVariable String ontologyId, @RequestBody Object body, ServerHttpRequest request) {
        if (body instanceof List<?> list) {
            List<?> nodes = checked("", list, MOST_BY_ID);
            return change(caller, ontologyId, request, ontology -> {
                        LabelTree tree = LabelTree.of(ontology.labels());
                        tree.update(nodes);
                        return ontology.withLabels(tree.labels());
                    })
                    .map(ontology -> OntologyView.tag(ontology, publicUrl.api(request))
                            .reply(named(ontology, nodes, "id", Label::id, request)));
        }
        if (!(body instanceof Map<?, ?> members)) {
            return Mono.error(Problem.VALIDATION_FAILED.with("The body must be an object or a list"));
        }
        Object upsert = members.get("upsert");
        if (upsert != null && !(upsert instanceof Boolean)) {
            return Mono.error(Problem.VALIDATION_FAILED.at("upsert", "must be true or false"));
        }
        String api = publicUrl.api(request);
        return upsert(caller, ontologyId, members.get(LABELS), Boolean.TRUE.equals(upsert), request)
                .map(ontology -> OntologyView.tag(ontology, api).reply(OntologyView.of(ontology, api)));
    }

    /** @param labelsNode labels by their whole paths */
    record AddedLabels(@Nullable List<@Nullable Object> labelsNode) {}

    @Operation(
            summary = "Add labels",
            description =
                    "Each is named by its whole path in tag, with dots between; what is missing above it is made, too. "
                            + "Answers the whole ontology.")
    @PatchMapping("/addLabels")
    @Requires(Permission.UPDATE_DATASET)
    @Conditional
    Mono<ResponseEntity<OntologyView>> add(
            Caller caller,
            @PathVariable String ontologyId,
            @RequestBody AddedLabels labels,
            ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return upsert(caller, ontologyId, labels.labelsNode(), true, request)
                .map(ontology -> OntologyView.tag(ontology, api).reply(OntologyView.of(ontology, api)));
    }

    @Operation(
            summary = "One page of the labels that a query describes",
            description = "By id, path, parent, root, depth, hasChildren and value, such as value.tag.")
    @PostMapping("/labels/query")
    @Requires(Permission.READ_DATASET)
    Mono<Page<LabelView>> query(
            Caller caller,
            @PathVariable String ontologyId,
            @RequestBody Map<String, @Nullable Object> body,
            ServerHttpRequest request) {
        Query query = queries.parse(body, "labels");
        return ontologies
                .require(caller, ontologyId, Permission.READ_DATASET)
                .map(ontology -> EntryQuery.page(
                        query, LabelView.of(ontology, ontology.labels(), publicUrl.api(request)), LabelView::members));
    }

    @Operation(summary = "Delete a label with all labels below it")
    @DeleteMapping("/labels/{labelId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Requires(Permission.UPDATE_DATASET)
    Mono<Void> delete(Caller caller, @PathVariable String ontologyId, @PathVariable String labelId) {
        return ontologies
                .change(caller, ontologyId, read -> {}, ontology -> {
                    LabelTree tree = LabelTree.of(ontology.labels());
                    if (!tree.remove(labelId)) {
                        throw Problem.NOT_FOUND.with("Label not found");
                    }
                    return ontology.withLabels(tree.labels());
                })
                .then();
    }

    private Mono<Ontology> upsert(
            Caller caller, String ontologyId, @Nullable Object labels, boolean create, ServerHttpRequest request) {
        List<?> nodes = checked(LABELS, labels, LabelTree.MOST);
        return change(caller, ontologyId, request, ontology -> upserted(ontology, LABELS, nodes, create));
    }

    private static Ontology upserted(Ontology ontology, String field, List<?> nodes, boolean create) {
        LabelTree tree = LabelTree.of(ontology.labels());
        tree.upsert(field, nodes, create);
        return ontology.withLabels(tree.labels());
    }

    private Mono<Ontology> change(
            Caller caller, String ontologyId, ServerHttpRequest request, UnaryOperator<Ontology> change) {
        return ontologies.change(
                caller,
                ontologyId,
                read -> OntologyView.tag(read, publicUrl.api(request)).requireMatch(request),
                change);
    }

    /** The labels that a request has named, in its order, as they are now. */
    private List<LabelView> named(
            Ontology ontology, List<?> nodes, String member, Function<Label, String> name, ServerHttpRequest request) {
        Map<String, Label> labels = ontology.labels().stream().collect(Collectors.toMap(name, Function.identity()));
        List<Label> named = nodes.stream()
                .map(node -> labels.get(String.valueOf(((Map<?, ?>) node).get(member))))
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        return LabelView.of(ontology, named, publicUrl.api(request));
    }

    private static List<?> checked(String field, @Nullable Object labels, int most) {
        if (!(labels instanceof List<?> list) || list.size() > most) {
            throw Problem.VALIDATION_FAILED.at(
                    field.isEmpty() ? "labels" : field, "must be a list of at most " + most + " labels");
        }
        return JsonObject.requireStorable(field, list);
    }
}
