package io.sluice.datasetservice.ontology;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.docs.Conditional;
import io.sluice.kit.error.Problem;
import io.sluice.kit.paging.Page;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Ontologies (contract ml B.3). */
@RestController
@RequestMapping("/api/v1/ontologies")
@Tag(name = "Ontologies")
class OntologyController {

    private final Ontologies ontologies;
    private final PublicUrl publicUrl;
    private final Clock clock;

    OntologyController(Ontologies ontologies, PublicUrl publicUrl, Clock clock) {
        this.ontologies = ontologies;
        this.publicUrl = publicUrl;
        this.clock = clock;
    }

    @Operation(
            summary = "Create an ontology",
            description = "With its labels as trees in roots, for one project or several. A tag with dots is a path.")
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Requires(Permission.CREATE_DATASET)
    Mono<ResponseEntity<OntologyView>> create(
            Caller caller, @RequestBody OntologyContent content, ServerHttpRequest request) {
        Ontology ontology = content.appliedTo(
                Ontology.empty(content.newTitle(), caller.userId(), content.projects(), true, clock.instant()), true);
        String api = publicUrl.api(request);
        return ontologies.create(caller, ontology).map(created -> {
            OntologyView view = OntologyView.of(created, api);
            return OntologyView.tag(created, api).created(view.url(), view);
        });
    }

    @Operation(summary = "One page of the ontologies that the caller can see, in the order of their creation")
    @GetMapping
    @OpenTo(Audience.SIGNED_IN)
    Mono<Page<OntologyView>> list(
            Caller caller,
            @Parameter(description = "The ids of the projects to look in; none for all")
                    @RequestParam(defaultValue = "")
                    List<String> projects,
            @Parameter(description = "The ids to choose from; none for all") @RequestParam(defaultValue = "")
                    List<String> ids,
            @Parameter(description = "Which page, counted from 0") @RequestParam(defaultValue = "0") int pageOffset,
            @Parameter(description = "Entries of a page, at most 100; 0 only counts")
                    @RequestParam(defaultValue = "100")
                    int pageSize,
            ServerHttpRequest request) {
        if (pageOffset < 0 || pageSize < 0) {
            throw Problem.VALIDATION_FAILED.at(pageOffset < 0 ? "pageOffset" : "pageSize", "must be 0 or more");
        }
        String api = publicUrl.api(request);
        return ontologies
                .page(caller, projects, ids, pageOffset, pageSize)
                .map(page -> page.map(ontology -> OntologyView.of(ontology, api)));
    }

    @Operation(summary = "One ontology")
    @GetMapping("/{ontologyId}")
    @Requires(Permission.READ_DATASET)
    Mono<ResponseEntity<OntologyView>> get(Caller caller, @PathVariable String ontologyId, ServerHttpRequest request) {
        return ontologies
                .require(caller, ontologyId, Permission.READ_DATASET)
                .map(ontology -> reply(ontology, request));
    }

    @Operation(
            summary = "Replace title and labels of an ontology",
            description =
                    "roots are all its labels from then on; one whose path stays keeps its id. Members that are left out "
                            + "stay as they are, other members are ignored.")
    @PutMapping("/{ontologyId}")
    @Requires(Permission.UPDATE_DATASET)
    @Conditional
    Mono<ResponseEntity<OntologyView>> replace(
            Caller caller,
            @PathVariable String ontologyId,
            @Parameter(description = "Whether metadata is replaced, too, with its attributes")
                    @RequestParam(defaultValue = "false")
                    boolean system,
            @RequestBody OntologyContent content,
            ServerHttpRequest request) {
        return change(caller, ontologyId, request, ontology -> content.appliedTo(ontology, system));
    }

    @Operation(summary = "Delete an ontology", description = "Recipes that name it do so no more.")
    @DeleteMapping("/{ontologyId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Requires(Permission.DELETE_DATASET)
    @Conditional
    Mono<Void> delete(Caller caller, @PathVariable String ontologyId, ServerHttpRequest request) {
        return ontologies.delete(
                caller,
                ontologyId,
                read -> OntologyView.tag(read, publicUrl.api(request)).requireMatch(request));
    }

    /**
     * @param items the attributes, each with {@code key}, {@code type} and {@code title}
     * @param upsert whether those that are there are replaced; if not, their keys are refused
     */
    record Attributes(
            @Nullable List<@Nullable Object> items,
            @Nullable Boolean upsert) {}

    @Operation(
            summary = "Add attributes to an ontology, or replace them",
            description = "By key. The scope of each is a list of the paths of labels, or * for all.")
    @PatchMapping("/{ontologyId}/attributes")
    @Requires(Permission.UPDATE_DATASET)
    @Conditional
    Mono<ResponseEntity<OntologyView>> putAttributes(
            Caller caller, @PathVariable String ontologyId, @RequestBody Attributes given, ServerHttpRequest request) {
        return change(caller, ontologyId, request, ontology -> {
            Ontology result = ontology;
            for (Attribute attribute : OntologyContent.read("items", given.items(), ontology)) {
                if (!Boolean.TRUE.equals(given.upsert())
                        && ontology.section(attribute.key()).isPresent()) {
                    throw Problem.NAME_TAKEN.at("items", "has a key that is in use: " + attribute.key());
                }
                result = result.with(attribute);
            }
            return result;
        });
    }

    /** @param keys those of the attributes; unknown ones are ignored */
    record Keys(@Nullable List<@Nullable String> keys) {}

    @Operation(summary = "Delete attributes of an ontology by their keys")
    @DeleteMapping("/{ontologyId}/attributes")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Requires(Permission.UPDATE_DATASET)
    Mono<Void> deleteAttributes(
            Caller caller, @PathVariable String ontologyId, @RequestBody Keys keys, ServerHttpRequest request) {
        Set<String> gone = Set.copyOf(Texts.list("keys", keys.keys(), Attribute.MOST));
        return change(
                        caller,
                        ontologyId,
                        request,
                        ontology -> ontology.withSections(ontology.sections().stream()
                                .filter(section -> !gone.contains(section.key()))
                                .toList()))
                .then();
    }

    private Mono<ResponseEntity<OntologyView>> change(
            Caller caller, String ontologyId, ServerHttpRequest request, UnaryOperator<Ontology> change) {
        return ontologies
                .change(
                        caller,
                        ontologyId,
                        read -> OntologyView.tag(read, publicUrl.api(request)).requireMatch(request),
                        change)
                .map(ontology -> reply(ontology, request));
    }

    private ResponseEntity<OntologyView> reply(Ontology ontology, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return OntologyView.tag(ontology, api).reply(OntologyView.of(ontology, api));
    }
}
