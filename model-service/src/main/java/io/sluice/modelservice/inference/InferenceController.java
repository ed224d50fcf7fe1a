package io.sluice.modelservice.inference;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.modelservice.model.Model;
import io.sluice.modelservice.model.ModelAccess;
import io.sluice.modelservice.prediction.Result;
import io.sluice.modelservice.runtime.RuntimeProperties;
import io.sluice.modelservice.runtime.TensorSpec;
import io.sluice.modelservice.tensor.InferenceReader;
import io.sluice.modelservice.tensor.InferenceRequest;
import io.sluice.modelservice.tensor.InferenceResponse;
import io.sluice.modelservice.tensor.Tensor;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/** Models by the Open Inference Protocol v2 (KServe), so that its clients work: with tensors as JSON or as bytes. */
@RestController
@Tag(name = "Inference")
class InferenceController {

    private static final String PLATFORM = "onnxruntime_onnx";
    private static final String VERSION = "1";
    private static final InferenceRequest AS_JSON = new InferenceRequest(null, Map.of(), List.of(), List.of());

    private final ModelAccess models;
    private final Inference inference;
    private final Predictions predictions;
    private final Bodies bodies;
    private final JsonMapper json;
    private final ApplicationAvailability availability;
    private final long largestTensor;

    InferenceController(
            ModelAccess models,
            Inference inference,
            Predictions predictions,
            Bodies bodies,
            JsonMapper json,
            ApplicationAvailability availability,
            RuntimeProperties runtime) {
        this.models = models;
        this.inference = inference;
        this.predictions = predictions;
        this.bodies = bodies;
        this.json = json;
        this.availability = availability;
        this.largestTensor = runtime.largestTensor().toBytes();
    }

    /**
     * A model as the protocol tells it.
     *
     * @param versions always 1: a model that changes is another version of the same
     */
    record ModelMetadata(
            String name,
            List<String> versions,
            String platform,
            List<TensorMetadata> inputs,
            List<TensorMetadata> outputs) {}

    /** @param shape −1 for what a request chooses */
    record TensorMetadata(String name, String datatype, List<Long> shape) {

        static TensorMetadata of(TensorSpec spec) {
            return new TensorMetadata(spec.name(), spec.type().name(), spec.shape());
        }
    }

    /** @param extensions of the protocol that are understood */
    record ServerMetadata(String name, String version, List<String> extensions) {}

    /** Whether a model can be asked. */
    record Readiness(String name, boolean ready) {}

    @GetMapping("/v2")
    @Operation(summary = "What this server is, by the Open Inference Protocol")
    @OpenTo(Audience.SIGNED_IN)
    Mono<ServerMetadata> server() {
        return Mono.just(new ServerMetadata("sluice", "1", List.of("binary_tensor_data")));
    }

    /** Whether the server runs. */
    record Liveness(boolean live) {}

    /** Whether the server takes requests. */
    record ServerReadiness(boolean ready) {}

    @GetMapping("/v2/health/live")
    @Operation(summary = "Whether this server runs, by the Open Inference Protocol")
    @OpenTo(Audience.SIGNED_IN)
    Mono<Liveness> live() {
        return Mono.just(new Liveness(true));
    }

    @GetMapping("/v2/health/ready")
    @Operation(summary = "Whether this server takes requests, by the Open Inference Protocol")
    @OpenTo(Audience.SIGNED_IN)
    Mono<ServerReadiness> serverReady() {
        return availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC
                ? Mono.just(new ServerReadiness(true))
                : Mono.error(worded(Problem.unavailable("The service takes no requests at the moment", 2)));
    }

    @GetMapping({"/v2/models/{modelId}", "/v2/models/{modelId}/versions/{version}"})
    @Operation(summary = "What a model takes and answers, by the Open Inference Protocol")
    @Requires(Permission.READ_MODEL)
    Mono<ModelMetadata> metadata(
            @PathVariable String modelId,
            @Parameter(description = "Any: a model has one") @PathVariable(required = false) @Nullable String version,
            Caller caller) {
        return models.require(modelId, caller, Permission.READ_MODEL)
                .flatMap(this::metadata)
                .onErrorMap(ErrorResponseException.class, InferenceController::worded);
    }

    private Mono<ModelMetadata> metadata(Model model) {
        if (models.isRemote(model)) {
            return inference
                    .description(model)
                    .map(said -> new ModelMetadata(
                            model.id(),
                            List.of(VERSION),
                            said.producer(),
                            said.inputs().stream().map(TensorMetadata::of).toList(),
                            said.outputs().stream().map(TensorMetadata::of).toList()));
        }
        var file = ModelAccess.file(model);
        return Mono.just(new ModelMetadata(
                model.id(),
                List.of(VERSION),
                PLATFORM,
                file.inputs().stream()
                        .map(form -> new TensorMetadata(form.name(), form.datatype(), form.shape()))
                        .toList(),
                file.outputs().stream()
                        .map(form -> new TensorMetadata(form.name(), form.datatype(), form.shape()))
                        .toList()));
    }

    @GetMapping({"/v2/models/{modelId}/ready", "/v2/models/{modelId}/versions/{version}/ready"})
    @Operation(summary = "Whether a model can be asked, by the Open Inference Protocol")
    @Requires(Permission.READ_MODEL)
    Mono<Readiness> ready(
            @PathVariable String modelId,
            @Parameter(description = "Any: a model has one") @PathVariable(required = false) @Nullable String version,
            Caller caller) {
        return models.require(modelId, caller, Permission.READ_MODEL)
                .flatMap(model -> ready(model).thenReturn(new Readiness(model.id(), true)))
                .onErrorMap(ErrorResponseException.class, InferenceController::worded);
    }

    private Mono<Void> ready(Model model) {
        return models.isRemote(model)
                ? inference.ready(model)
                : Mono.fromCallable(() -> ModelAccess.file(model)).then();
    }

    @PostMapping(
            path = {
                "/api/v1/ml/models/{modelId}/infer",
                "/v2/models/{modelId}/infer",
                "/v2/models/{modelId}/versions/{version}/infer"
            },
            consumes = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_OCTET_STREAM_VALUE})
    @Operation(
            summary = "Ask a model with tensors",
            description =
                    "By the Open Inference Protocol v2: the inputs as JSON, or with binary_data_size as bytes behind"
                            + " it, where Inference-Header-Content-Length says how long the JSON is. The outputs come back in the"
                            + " same response, in the form that the request asks for. At /api/v1/ml/models a picture or a file may be sent as it is,"
                            + " with its own content type: then the answer is what is found in it, as the configuration declares.")
    @ApiResponse(
            responseCode = "200",
            description = "The outputs",
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(type = "object")),
                @Content(
                        mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                        schema = @Schema(type = "string", format = "binary"))
            })
    @Requires(Permission.RUN_MODEL)
    Mono<Void> infer(
            @PathVariable String modelId,
            @Parameter(description = "Any: a model has one") @PathVariable(required = false) @Nullable String version,
            @Parameter(description = "How many bytes of the body are JSON, when others follow it", example = "120")
                    @RequestHeader(name = InferenceReader.JSON_LENGTH_HEADER, required = false)
                    @Nullable
                    String jsonLength,
            Caller caller,
            ServerWebExchange exchange) {
        if (jsonLength == null && isFile(exchange.getRequest())) {
            return predict(modelId, caller, exchange);
        }
        return models.require(modelId, caller, Permission.RUN_MODEL)
                .flatMap(model -> bodies.with(
                        exchange.getRequest(),
                        body -> inferred(model, () -> InferenceReader.read(body, jsonLength, largestTensor))))
                .onErrorMap(ErrorResponseException.class, InferenceController::worded)
                .flatMap(answer -> write(answer, exchange.getResponse()));
    }

    private Mono<InferenceResponse.Body> inferred(Model model, Callable<InferenceRequest> reading) {
        return Mono.fromCallable(reading)
                // A megabyte of numbers in JSON takes longer to read than an event loop has.
                .subscribeOn(Schedulers.parallel())
                .onErrorMap(Inference::problem)
                .flatMap(request -> inference
                        .infer(model, request)
                        .map(outputs -> new InferenceResponse(model.id(), VERSION, request.id(), outputs))
                        .publishOn(Schedulers.parallel())
                        .map(response -> response.body(request))
                        .onErrorMap(Inference::problem));
    }

    /** The protocol knows bytes only behind JSON, and says then how long that is. */
    private static boolean isFile(ServerHttpRequest request) {
        return MediaType.APPLICATION_OCTET_STREAM.equals(request.getHeaders().getContentType())
                && request.getPath().value().startsWith("/api/");
    }

    /** The protocol's clients look for an {@code error}. */
    private static ErrorResponseException worded(ErrorResponseException failure) {
        failure.getBody().setProperty("error", failure.getBody().getDetail());
        return failure;
    }

    /** What a model says. */
    record Said(String modelId, String modelName, List<PredictionView> predictions) {}

    @PostMapping(
            path = "/api/v1/ml/models/{modelId}/infer",
            consumes = {"image/*", "text/plain", "audio/*", "video/*"})
    @Operation(
            summary = "Ask a model about a picture or a file",
            description =
                    "The body is the picture or file as it is. It is made into a tensor, and the outputs into what is found, as the model's configuration declares. A"
                            + " model whose outputs are declared raw, or cannot be told, answers tensors by the Open Inference"
                            + " Protocol v2.")
    @ApiResponse(
            responseCode = "200",
            description = "What is found",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                            schema = @Schema(implementation = Said.class)))
    @Requires(Permission.RUN_MODEL)
    Mono<Void> predict(@PathVariable String modelId, Caller caller, ServerWebExchange exchange) {
        return models.require(modelId, caller, Permission.RUN_MODEL)
                .flatMap(model -> bodies.with(exchange.getRequest(), body -> predicted(model, body)))
                .flatMap(answer -> write(answer, exchange.getResponse()));
    }

    private Mono<InferenceResponse.Body> predicted(Model model, byte[] file) {
        return predictions
                .of(model, file)
                .publishOn(Schedulers.parallel())
                .map(results -> said(model, results))
                .onErrorMap(Inference::problem);
    }

    /**
     * The parts of a form, as the documentation shows them: either one of the files or a request.
     *
     * @param input the picture or file that the model is asked about
     * @param image the same by another name
     * @param request the JSON of the Open Inference Protocol v2; the bytes of an input without data are a part of its name
     */
    private record InferenceParts(
            @Schema(type = "string", format = "binary") @Nullable
            String input,

            @Schema(type = "string", format = "binary") @Nullable
            String image,

            @Nullable String request) {}

    @PostMapping(path = "/api/v1/ml/models/{modelId}/infer", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    @Operation(
            summary = "Ask a model by a form",
            description = "With a file as the part input or image, answered as one that is sent as it is; or with the"
                    + " request as JSON of the Open Inference Protocol v2 in the part request, and the bytes of inputs"
                    + " that have no data there in parts of their names.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.MULTIPART_FORM_DATA_VALUE,
                                            schema = @Schema(implementation = InferenceParts.class))))
    @ApiResponse(
            responseCode = "200",
            description = "The outputs, or what is found",
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(type = "object")),
                @Content(
                        mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
                        schema = @Schema(type = "string", format = "binary"))
            })
    @Requires(Permission.RUN_MODEL)
    Mono<Void> inferByForm(@PathVariable String modelId, Caller caller, ServerWebExchange exchange) {
        return models.require(modelId, caller, Permission.RUN_MODEL)
                .flatMap(model -> bodies.withForm(
                        exchange.getRequest(),
                        form -> form.file()
                                .map(file -> predicted(model, file))
                                .orElseGet(() -> inferred(model, () -> form.request(largestTensor)))))
                .flatMap(answer -> write(answer, exchange.getResponse()));
    }

    private InferenceResponse.Body said(Model model, List<Result> results) {
        if (!results.isEmpty() && results.get(0) instanceof Result.Raw) {
            List<Tensor> tensors = results.stream()
                    .map(result -> ((Result.Raw) result).tensor())
                    .toList();
            return new InferenceResponse(model.id(), VERSION, null, tensors).body(AS_JSON);
        }
        Said said = new Said(
                model.id(),
                models.name(model),
                results.stream().map(PredictionView::of).toList());
        return new InferenceResponse.Body(0, List.of(ByteBuffer.wrap(json.writeValueAsBytes(said))));
    }

    private static Mono<Void> write(InferenceResponse.Body answer, ServerHttpResponse response) {
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(
                answer.jsonLength() == 0 ? MediaType.APPLICATION_JSON : MediaType.APPLICATION_OCTET_STREAM);
        headers.setContentLength(answer.length());
        headers.setCacheControl(CacheControl.noStore());
        if (answer.jsonLength() > 0) {
            headers.set(InferenceReader.JSON_LENGTH_HEADER, Integer.toString(answer.jsonLength()));
        }
        Flux<DataBuffer> parts = Flux.fromIterable(answer.parts())
                .map((ByteBuffer part) -> response.bufferFactory().wrap(part));
        return response.writeWith(parts);
    }
}
