package io.sluice.itemservice.annotation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.itemservice.annotation.AnnotationStream.Outcome;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.audit.Recording;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** New annotations of many items of a dataset in one request. */
@RestController
@RequestMapping("/api/v1/datasets/{datasetId:[0-9a-f]{24}}/annotations/bulk")
@Tag(name = "Annotations")
class BulkAnnotationsController {

    private final AnnotationStream stream;
    private final AnnotationProperties properties;
    private final DatasetClient datasets;
    private final PublicUrl publicUrl;
    private final JsonMapper json;

    BulkAnnotationsController(
            AnnotationStream stream,
            AnnotationProperties properties,
            DatasetClient datasets,
            PublicUrl publicUrl,
            JsonMapper json) {
        this.stream = stream;
        this.properties = properties;
        this.datasets = datasets;
        this.publicUrl = publicUrl;
        this.json = json;
    }

    @PostMapping(consumes = MediaType.APPLICATION_NDJSON_VALUE)
    @Operation(
            summary = "Annotate many items",
            description =
                    "Lines of JSON, an annotation with its itemId each, as many as you like. The answer comes while they are"
                            + " sent, a line for each part of them that is stored for good: the first and last line of the"
                            + " part and how many annotations were created. Before it a line for each that was wrong. The last"
                            + " line has the totals; an answer without was cut short. With withIds=true each line says the id of"
                            + " its annotation: of those that are there already the ones that say the same are skipped, so"
                            + " lines may be sent again. A list of JSON is stored whole or, when"
                            + " one is wrong, not at all, and answered with the annotations in its order.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(mediaType = MediaType.APPLICATION_NDJSON_VALUE)))
    @ApiResponse(
            responseCode = "200",
            description = "What became of the lines",
            content = @Content(mediaType = MediaType.APPLICATION_NDJSON_VALUE, schema = @Schema(type = "string")))
    @Requires(Permission.ANNOTATE_ITEM)
    Mono<Void> createLines(
            @PathVariable String datasetId,
            @Parameter(description = "Whether each line says the id of its annotation, so that it can be sent again")
                    @RequestParam(defaultValue = "false")
                    boolean withIds,
            Caller caller,
            ServerWebExchange exchange) {
        return datasets.require(caller, datasetId, Permission.ANNOTATE_ITEM)
                .then(Recording.ofMany("created"))
                .then(Mono.defer(() -> {
                    ServerHttpResponse response = exchange.getResponse();
                    response.getHeaders().setContentType(MediaType.APPLICATION_NDJSON);
                    response.getHeaders().setCacheControl(CacheControl.noStore());
                    Flux<DataBuffer> told = told(
                                    stream.create(
                                            datasetId, exchange.getRequest().getBody(), withIds, caller),
                                    withIds)
                            .map(response.bufferFactory()::wrap);
                    return response.writeAndFlushWith(told.map(Flux::just));
                }));
    }

    /** What became of a part of the lines. */
    private record Part(
            long from,
            long to,
            int created,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Integer skipped,

            int failed) {}

    private record FailedLine(long line, String outcome, Map<String, Object> problem) {}

    /** The last line. */
    private record End(Totals totals) {}

    private record Totals(
            long created,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long skipped,

            long failed) {}

    /** @param withSkipped whether lines could be skipped */
    private Flux<byte[]> told(Flux<Outcome> outcomes, boolean withSkipped) {
        return Flux.defer(() -> {
            AtomicLong created = new AtomicLong();
            AtomicLong skipped = new AtomicLong();
            AtomicLong failed = new AtomicLong();
            return outcomes.doOnNext(outcome -> {
                        created.addAndGet(outcome.created());
                        skipped.addAndGet(outcome.skipped());
                        failed.addAndGet(outcome.failures().size());
                    })
                    .map(outcome -> lines(outcome, withSkipped))
                    .concatWith(Mono.fromSupplier(() -> line(
                            new End(new Totals(created.get(), withSkipped ? skipped.get() : null, failed.get())))));
        });
    }

    private byte[] lines(Outcome outcome, boolean withSkipped) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        outcome.failures()
                .forEach((line, failure) -> lines.writeBytes(line(new FailedLine(line, "failed", said(failure)))));
        lines.writeBytes(line(new Part(
                outcome.from(),
                outcome.to(),
                outcome.created(),
                withSkipped ? outcome.skipped() : null,
                outcome.failures().size())));
        return lines.toByteArray();
    }

    private static Map<String, Object> said(ErrorResponseException failure) {
        ProblemDetail problem = failure.getBody();
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("type", String.valueOf(problem.getType()));
        said.put("title", Objects.requireNonNullElse(problem.getTitle(), ""));
        said.put("status", problem.getStatus());
        said.put("detail", Objects.requireNonNullElse(problem.getDetail(), ""));
        if (problem.getProperties() != null) {
            problem.getProperties().forEach((name, value) -> {
                if (value != null) {
                    said.put(name, value);
                }
            });
        }
        return said;
    }

    private byte[] line(Object value) {
        byte[] bytes = json.writeValueAsBytes(value);
        byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
        line[bytes.length] = '\n';
        return line;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    @Requires(Permission.ANNOTATE_ITEM)
    Mono<List<AnnotationView>> createAll(
            @PathVariable String datasetId,
            @RequestBody List<@Nullable Object> body,
            Caller caller,
            ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return datasets.require(caller, datasetId, Permission.ANNOTATE_ITEM)
                .doOnNext(access -> requireFew(body))
                .then(Recording.ofMany("created"))
                .then(Mono.defer(() -> stream.createAll(datasetId, body, caller)))
                .map(made -> made.stream()
                        .map(annotation -> AnnotationView.of(annotation, api))
                        .toList());
    }

    private void requireFew(List<?> all) {
        if (all.size() > properties.mostAtOnce()) {
            throw Problem.CONTENT_TOO_LARGE.with(
                    "A list may have at most " + properties.mostAtOnce() + " annotations; send lines instead");
        }
    }
}
