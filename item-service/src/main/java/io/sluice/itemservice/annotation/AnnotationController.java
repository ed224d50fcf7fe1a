package io.sluice.itemservice.annotation;

import io.sluice.itemservice.dataset.DatasetLabels;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.docs.Conditional;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** One annotation by its id (contract ml §A.1, §A.6). The paths below an item and a dataset mean the same. */
@RestController
@RequestMapping({
    "/api/v1/annotations/{annotationId}",
    "/api/v1/items/{itemId}/annotations/{annotationId}",
    "/api/v1/datasets/{datasetId:[0-9a-f]{24}}/items/{itemId}/annotations/{annotationId}"
})
@Tag(name = "Annotations")
class AnnotationController {

    private static final String STATUS = "status";

    private final Annotations annotations;
    private final AnnotationEdit edit;
    private final DatasetClient datasets;
    private final DatasetLabels labels;
    private final PublicUrl publicUrl;

    AnnotationController(
            Annotations annotations,
            AnnotationEdit edit,
            DatasetClient datasets,
            DatasetLabels labels,
            PublicUrl publicUrl) {
        this.annotations = annotations;
        this.edit = edit;
        this.datasets = datasets;
        this.labels = labels;
        this.publicUrl = publicUrl;
    }

    @GetMapping
    @Operation(summary = "Get an annotation")
    @Requires(Permission.READ_ITEM)
    Mono<ResponseEntity<AnnotationView>> get(
            @PathVariable String annotationId, Caller caller, ServerHttpRequest request) {
        return visible(annotationId, caller, Permission.READ_ITEM).map(annotation -> reply(annotation, request));
    }

    @PutMapping
    @Operation(
            summary = "Change an annotation",
            description =
                    "A merge patch: objects merge, null removes, lists are replaced; with replace=true what is sent"
                            + " stands there instead. In metadata.system anybody may change attributes, frame, startTime, endTime,"
                            + " endFrame, snapshots_, objectId, parentId and promptId; the rest, such as status, changes only with"
                            + " system=true.")
    @Requires(Permission.ANNOTATE_ITEM)
    @Conditional
    Mono<ResponseEntity<AnnotationView>> update(
            @PathVariable String annotationId,
            @Parameter(description = "Whether all of metadata.system may be changed")
                    @RequestParam(defaultValue = "false")
                    boolean system,
            @Parameter(description = "Whether the body is the whole annotation, and not a change of it")
                    @RequestParam(defaultValue = "false")
                    boolean replace,
            @RequestBody Map<String, @Nullable Object> changes,
            Caller caller,
            ServerHttpRequest request) {
        return change(
                annotationId,
                content -> replace ? content.replaced(changes, system) : content.changed(changes, system),
                caller,
                request);
    }

    /** The label by its field; none when it stays as it is. */
    private static Map<String, String> newLabel(AnnotationContent before, AnnotationContent after) {
        boolean stays = after.label().equals(before.label()) && after.isLabelled() == before.isLabelled();
        return stays || !after.isLabelled() ? Map.of() : Map.of("label", after.label());
    }

    @PutMapping("/issue")
    @Operation(
            summary = "Open an issue on an annotation",
            description = "Sets metadata.system.status to issue. With the status null or approved it is solved.")
    @Requires(Permission.ANNOTATE_ITEM)
    @Conditional
    Mono<ResponseEntity<AnnotationView>> issue(
            @PathVariable String annotationId,
            @RequestBody(required = false) @Nullable Map<String, @Nullable Object> body,
            Caller caller,
            ServerHttpRequest request) {
        Map<String, @Nullable Object> system = new HashMap<>();
        system.put(STATUS, statusOf(body));
        return change(
                annotationId,
                content -> content.changed(Map.of("metadata", Map.of(Annotation.SYSTEM, system)), true),
                caller,
                request);
    }

    private static @Nullable Object statusOf(@Nullable Map<String, @Nullable Object> body) {
        if (body == null || !body.containsKey(STATUS)) {
            return "issue";
        }
        Object status = body.get(STATUS);
        if (status != null && !(status instanceof String)) {
            throw Problem.VALIDATION_FAILED.at(STATUS, "must be a text or null");
        }
        return status;
    }

    private Mono<ResponseEntity<AnnotationView>> change(
            String annotationId, UnaryOperator<AnnotationContent> change, Caller caller, ServerHttpRequest request) {
        return visible(annotationId, caller, Permission.ANNOTATE_ITEM)
                .delayUntil(annotation -> labels.require(
                        caller, annotation.datasetId(), newLabel(annotation.said(), change.apply(annotation.said()))))
                .flatMap(annotation -> edit.change(
                        annotationId,
                        change,
                        caller.userId(),
                        current -> etagOf(current, request).requireMatch(request)))
                .switchIfEmpty(Mono.error(() -> unknown(annotationId)))
                .map(annotation -> reply(annotation, request));
    }

    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete an annotation")
    @Requires(Permission.ANNOTATE_ITEM)
    @Conditional
    Mono<Void> delete(@PathVariable String annotationId, Caller caller, ServerHttpRequest request) {
        return visible(annotationId, caller, Permission.ANNOTATE_ITEM)
                .doOnNext(annotation -> etagOf(annotation, request).requireMatch(request))
                .flatMap(annotation -> edit.delete(annotation, caller.userId()));
    }

    /** Not a member and no such annotation look the same; what is no id at all is told so (contract ml §0). */
    private Mono<Annotation> visible(String annotationId, Caller caller, Permission permission) {
        if (!ObjectId.isValid(annotationId)) {
            return Mono.error(Problem.VALIDATION_FAILED.at("annotationId", "must have 24 hexadecimal characters"));
        }
        return annotations
                .find(annotationId)
                .switchIfEmpty(datasets.refuse(caller, () -> unknown(annotationId)))
                .delayUntil(annotation ->
                        datasets.require(caller, annotation.datasetId(), permission, () -> unknown(annotationId)));
    }

    private static ErrorResponseException unknown(String annotationId) {
        return Problem.NOT_FOUND.with("No annotation " + annotationId);
    }

    private ResponseEntity<AnnotationView> reply(Annotation annotation, ServerHttpRequest request) {
        return etagOf(annotation, request).reply(AnnotationView.of(annotation, publicUrl.api(request)));
    }

    private ETag etagOf(Annotation annotation, ServerHttpRequest request) {
        return ETag.of(annotation.id(), annotation.version(), publicUrl.api(request));
    }
}
