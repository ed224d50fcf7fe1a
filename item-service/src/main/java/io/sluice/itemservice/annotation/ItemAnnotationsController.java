package io.sluice.itemservice.annotation;

import io.sluice.itemservice.dataset.DatasetLabels;
import io.sluice.kit.audit.Recording;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.representation.RowByRow;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The annotations of one item (contract ml §A.1). The path below a dataset means the same. */
@RestController
@RequestMapping({
    "/api/v1/items/{itemId}/annotations",
    "/api/v1/datasets/{datasetId:[0-9a-f]{24}}/items/{itemId}/annotations"
})
@Tag(name = "Item Annotations")
class ItemAnnotationsController {

    private final AnnotationAccess access;
    private final Annotations annotations;
    private final AnnotationsJson json;
    private final AnnotationEdit edit;
    private final AnnotationProperties properties;
    private final DatasetLabels labels;
    private final PublicUrl publicUrl;

    ItemAnnotationsController(
            AnnotationAccess access,
            Annotations annotations,
            AnnotationsJson json,
            AnnotationEdit edit,
            AnnotationProperties properties,
            DatasetLabels labels,
            PublicUrl publicUrl) {
        this.access = access;
        this.annotations = annotations;
        this.json = json;
        this.edit = edit;
        this.properties = properties;
        this.labels = labels;
        this.publicUrl = publicUrl;
    }

    @GetMapping
    @Operation(summary = "List the annotations of an item", description = "In the order of their creation.")
    @ApiResponse(
            responseCode = "200",
            description = "All of them",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                            array = @ArraySchema(schema = @Schema(implementation = AnnotationView.class))))
    @Requires(Permission.READ_ITEM)
    Mono<Void> list(@PathVariable String itemId, Caller caller, ServerWebExchange exchange) {
        String api = publicUrl.api(exchange.getRequest());
        return access.toItem(itemId, caller, Permission.READ_ITEM).flatMap(item -> {
            ServerHttpResponse response = exchange.getResponse();
            response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
            return response.writeWith(
                    RowByRow.inBuffers(json.array(annotations.stored(item.id()), api), response.bufferFactory()));
        });
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            summary = "Annotate an item",
            description =
                    "One annotation or a list; the answer has the same form and order. Ids, times and authors that"
                            + " are sent are ignored. When one is wrong, none is stored, and the answer names its place in the"
                            + " list and the field.")
    @Requires(Permission.ANNOTATE_ITEM)
    Mono<Object> create(
            @PathVariable String itemId, @RequestBody Object body, Caller caller, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return access.toItem(itemId, caller, Permission.ANNOTATE_ITEM)
                .flatMap(item -> {
                    List<AnnotationContent> said = parse(body);
                    return labels.require(caller, item.datasetId(), labels(said, body))
                            .then(Recording.ofMany("created"))
                            .then(Mono.defer(() -> edit.create(item, said, caller.userId())));
                })
                .map(made -> made.stream()
                        .map(annotation -> AnnotationView.of(annotation, api))
                        .toList())
                .map(made -> body instanceof List ? made : made.get(0));
    }

    /** What has labels of an ontology, by field. */
    private static Map<String, String> labels(List<AnnotationContent> said, Object body) {
        return IntStream.range(0, said.size())
                .filter(index -> said.get(index).isLabelled())
                .boxed()
                .collect(Collectors.toMap(
                        index -> body instanceof List ? "[" + index + "].label" : "label",
                        index -> said.get(index).label(),
                        (one, other) -> one,
                        LinkedHashMap::new));
    }

    private List<AnnotationContent> parse(Object body) {
        if (!(body instanceof List<?> all)) {
            return List.of(AnnotationContent.parse(object(body, "body"), ""));
        }
        if (all.size() > properties.mostAtOnce()) {
            throw Problem.CONTENT_TOO_LARGE.with(
                    "A request may make at most " + properties.mostAtOnce() + " annotations; send several");
        }
        return IntStream.range(0, all.size())
                .mapToObj(
                        index -> AnnotationContent.parse(object(all.get(index), "[" + index + "]"), "[" + index + "]."))
                .toList();
    }

    private static Map<String, @Nullable Object> object(@Nullable Object value, String where) {
        if (value == null) {
            throw AnnotationContent.invalid(where, "must be an object");
        }
        return AnnotationContent.object(value, where);
    }
}
