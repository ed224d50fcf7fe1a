package io.sluice.modelservice.remote;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.sluice.modelservice.remote.RemoteProperties.Server;
import io.sluice.modelservice.runtime.Busy;
import io.sluice.modelservice.runtime.InferenceFailed;
import io.sluice.modelservice.runtime.ModelDescription;
import io.sluice.modelservice.runtime.ModelRefused;
import io.sluice.modelservice.runtime.ModelRuntime;
import io.sluice.modelservice.runtime.ModelSource;
import io.sluice.modelservice.runtime.RemoteModel;
import io.sluice.modelservice.runtime.RuntimeProperties;
import io.sluice.modelservice.runtime.TensorSpec;
import io.sluice.modelservice.runtime.TookTooLong;
import io.sluice.modelservice.tensor.DataType;
import io.sluice.modelservice.tensor.InferenceReader;
import io.sluice.modelservice.tensor.InferenceRequest;
import io.sluice.modelservice.tensor.InferenceResponse;
import io.sluice.modelservice.tensor.InvalidTensor;
import io.sluice.modelservice.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the servers that have the models, by the Open Inference Protocol v2 over HTTP: KServe, Triton, another Sluice. */
@Component
class RemoteRuntime implements ModelRuntime, DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(RemoteRuntime.class);

    private static final String BINARY = "binary_tensor_data";
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int LONGEST_RETRY_AFTER = 60;
    private static final int MOST_DESCRIPTIONS = 1_000;
    private static final int MOST_TENSORS = 1_000;
    private static final int LARGEST_METADATA = 1024 * 1024;
    private static final int LONGEST_MESSAGE = 300;

    /** As JSON, numbers take several times the memory that they have as bytes. */
    private static final long MOST_AS_JSON = 8L * 1024 * 1024;

    private final RemoteProperties properties;
    private final RuntimeProperties limits;
    private final RemoteServers servers;
    private final JsonMapper json;
    private final ConnectionProvider connections;
    private final HttpClient anywhere;
    private final HttpClient publicOnly;
    private final Cache<RemoteModel, Known> descriptions;
    private final AtomicLong answers = new AtomicLong();
    private final Map<String, Integer> underWay = new ConcurrentHashMap<>();
    private final Set<String> unreachable = ConcurrentHashMap.newKeySet();

    RemoteRuntime(
            RemoteProperties properties,
            RuntimeProperties limits,
            RemoteServers servers,
            ReactorResourceFactory resources,
            JsonMapper json) {
        this.properties = properties;
        this.limits = limits;
        this.servers = servers;
        this.json = json;
        this.connections = ConnectionProvider.builder("remote-models")
                .maxConnections(properties.connections())
                // Who may wait is counted here; how long, too.
                .pendingAcquireMaxCount(-1)
                .pendingAcquireTimeout(limits.longest().plus(SOON))
                .maxIdleTime(Duration.ofSeconds(30))
                .build();
        HttpClient http = HttpClient.create(connections)
                .runOn(resources.getLoopResources())
                .followRedirect(false)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.toIntExact(properties.connect().toMillis()))
                .responseTimeout(limits.longest());
        this.anywhere = http.resolver(new GuardedAddresses(true));
        this.publicOnly = http.resolver(new GuardedAddresses(false));
        this.descriptions = Caffeine.newBuilder()
                .maximumSize(MOST_DESCRIPTIONS)
                .expireAfterWrite(properties.remembered())
                .build();
    }

    /** @param takesBytes whether the server understands tensors as bytes behind the JSON */
    private record Known(ModelDescription description, boolean takesBytes) {}

    /** @param jsonLength how much of the body is JSON; null for all of it */
    @SuppressWarnings("ArrayRecordComponent")
    private record Answer(
            int status,
            @Nullable String jsonLength,
            @Nullable String retryAfter,
            byte[] body) {}

    @Override
    public Mono<ModelDescription> describe(ModelSource model, String group) {
        return with(model, group, this::known).map(Known::description);
    }

    @Override
    public Mono<Void> ready(ModelSource model, String group) {
        return with(
                        model,
                        group,
                        (server, remote) -> get(server, remote, path(remote) + "/ready")
                                .map(answer -> {
                                    if (answer.status() == 400) {
                                        throw new Busy(
                                                "The model " + remote + " is not ready: " + words(answer.body()), SOON);
                                    }
                                    return good(remote, answer);
                                }))
                .then();
    }

    @Override
    public Mono<List<Tensor>> infer(ModelSource model, String group, List<Tensor> inputs) {
        return with(
                model,
                group,
                (server, remote) -> known(server, remote).flatMap(known -> infer(server, remote, known, inputs)));
    }

    @Override
    public void unload(String key) {
        // Nothing of it is here.
    }

    @Override
    public void destroy() {
        connections.dispose();
    }

    private interface Question<T> {
        Mono<T> ask(Server server, RemoteModel model);
    }

    /** Asks, if not too many do already; within the time that there is for all of it. */
    private <T> Mono<T> with(ModelSource source, String group, Question<T> question) {
        return Mono.defer(() -> {
            RemoteModel model = Objects.requireNonNull(source.remote());
            Server server = servers.find(group, model.server())
                    .orElseThrow(() -> new ModelRefused("The model is one of the server " + model.server()
                            + ", which models of this project may not be run on"));
            return Mono.using(
                            () -> begin(model.server(), group),
                            mine -> question.ask(server, model).timeout(limits.longest()),
                            this::end)
                    .onErrorMap(failure -> worded(model, failure));
        });
    }

    private List<String> begin(String server, String group) {
        int most = properties.connections() + properties.queue();
        List<String> begun = new ArrayList<>();
        for (String counted : List.of(server, server + " " + group)) {
            int mostOfThese = counted.equals(server) ? most : Math.max(1, most / 2);
            if (underWay.merge(counted, 1, Integer::sum) > mostOfThese) {
                begun.add(counted);
                end(begun);
                throw new Busy("Too many requests are waiting for the server " + server + " already", SOON);
            }
            begun.add(counted);
        }
        return begun;
    }

    private void end(List<String> begun) {
        begun.forEach(counted -> underWay.computeIfPresent(counted, (same, count) -> count == 1 ? null : count - 1));
    }

    private static String path(RemoteModel model) {
        // Both are of letters that need no escape in a path; a configuration with others is refused.
        return "/v2/models/" + model.name() + (model.version() == null ? "" : "/versions/" + model.version());
    }

    private Mono<Known> known(Server server, RemoteModel model) {
        Known remembered = descriptions.getIfPresent(model);
        if (remembered != null) {
            return Mono.just(remembered);
        }
        return get(server, model, path(model))
                .map(answer -> description(model, good(model, answer)))
                .zipWith(get(server, model, "/v2").map(this::takesBytes), Known::new)
                .doOnNext(known -> descriptions.put(model, known));
    }

    private boolean takesBytes(Answer answer) {
        if (answer.status() != 200) {
            return false;
        }
        for (JsonNode extension : json.readTree(answer.body()).path("extensions")) {
            if (BINARY.equals(extension.asString(""))) {
                return true;
            }
        }
        return false;
    }

    private ModelDescription description(RemoteModel model, byte[] metadata) {
        JsonNode said = json.readTree(metadata);
        return new ModelDescription(
                specs(model, said.path("inputs")),
                specs(model, said.path("outputs")),
                0,
                said.path("platform").asString(""),
                Map.of());
    }

    private static List<TensorSpec> specs(RemoteModel model, JsonNode tensors) {
        if (!tensors.isArray() || tensors.isEmpty() || tensors.size() > MOST_TENSORS) {
            throw new ModelRefused("The server does not say what goes into the model " + model + " and comes out");
        }
        List<TensorSpec> specs = new ArrayList<>();
        for (JsonNode tensor : tensors) {
            String name = tensor.path("name").asString("");
            String datatype = tensor.path("datatype").asString("");
            List<Long> shape = new ArrayList<>();
            tensor.path("shape").forEach(dimension -> shape.add(Math.max(-1, dimension.asLong(-1))));
            DataType type = DataType.of(datatype)
                    .orElseThrow(() -> new ModelRefused("The type of " + name + " of the model " + model
                            + " is none of the protocol: " + datatype));
            specs.add(new TensorSpec(name, type, List.copyOf(shape), Collections.nCopies(shape.size(), "")));
        }
        return List.copyOf(specs);
    }

    private Mono<List<Tensor>> infer(Server server, RemoteModel model, Known known, List<Tensor> inputs) {
        ModelDescription description = known.description();
        List<Tensor> fitting =
                description.fitting(inputs, limits.largestTensor().toBytes());
        long bytes = fitting.stream().mapToLong(Tensor::bytes).sum();
        long most = known.takesBytes() ? limits.largestRun().toBytes() : MOST_AS_JSON;
        if (bytes > most) {
            throw new InvalidTensor(
                    "inputs", "need " + bytes + " bytes, more than the " + most + " that may be sent to the server");
        }
        return Mono.fromCallable(() -> InferenceRequest.body(fitting, known.takesBytes()))
                .subscribeOn(Schedulers.parallel())
                .flatMap(body -> post(server, model, path(model) + "/infer", body))
                .publishOn(Schedulers.parallel())
                .map(answer -> outputs(model, description, answer));
    }

    private List<Tensor> outputs(RemoteModel model, ModelDescription description, Answer answer) {
        if (answer.status() >= 400 && answer.status() < 500) {
            // Perhaps it is another model by now.
            descriptions.invalidate(model);
        }
        byte[] body = good(model, answer);
        List<Tensor> given;
        try {
            given = InferenceReader.readAnswer(
                    body, answer.jsonLength(), limits.largestTensor().toBytes());
        } catch (InvalidTensor notOfTheProtocol) {
            throw new InferenceFailed("The server " + model.server() + " gave an answer that cannot be read: "
                    + notOfTheProtocol.getMessage());
        }
        List<Tensor> outputs = new ArrayList<>();
        for (TensorSpec spec : description.outputs()) {
            outputs.add(given.stream()
                    .filter(output -> output.name().equals(spec.name()))
                    .findFirst()
                    .orElseThrow(() -> new InferenceFailed("The model gave no " + spec.name())));
        }
        return outputs;
    }

    private Mono<Answer> get(Server server, RemoteModel model, String path) {
        return exchange(http(server).request(HttpMethod.GET).uri(server.url() + path), model, LARGEST_METADATA);
    }

    private Mono<Answer> post(Server server, RemoteModel model, String path, InferenceResponse.Body body) {
        HttpClient.RequestSender request = http(server)
                .headers(headers -> {
                    headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length());
                    headers.set(
                            HttpHeaderNames.CONTENT_TYPE,
                            body.jsonLength() == 0 ? "application/json" : "application/octet-stream");
                    if (body.jsonLength() > 0) {
                        headers.set(InferenceReader.JSON_LENGTH_HEADER, body.jsonLength());
                    }
                })
                .post()
                .uri(server.url() + path);
        return exchange(
                request.send(Flux.fromIterable(body.parts()).map(Unpooled::wrappedBuffer)),
                model,
                limits.largestRun().toBytes());
    }

    private HttpClient http(Server server) {
        HttpClient http = server.privateNetwork() ? anywhere : publicOnly;
        return server.token() == null
                ? http
                : http.headers(headers -> headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + server.token()));
    }

    /** @param largest bytes of the answer */
    private Mono<Answer> exchange(HttpClient.ResponseReceiver<?> request, RemoteModel model, long largest) {
        return Mono.using(
                AtomicLong::new,
                taken -> request.response((response, content) -> content.asByteArray()
                                .collect(ByteArrayOutputStream::new, (body, part) -> {
                                    take(model, taken, part.length, largest);
                                    body.writeBytes(part);
                                })
                                .map(body -> new Answer(
                                        response.status().code(),
                                        response.responseHeaders().get(InferenceReader.JSON_LENGTH_HEADER),
                                        response.responseHeaders().get(HttpHeaderNames.RETRY_AFTER),
                                        body.toByteArray())))
                        .single()
                        .doOnNext(answered -> unreachable.remove(model.server())),
                taken -> answers.addAndGet(-taken.get()));
    }

    private void take(RemoteModel model, AtomicLong taken, int length, long largest) {
        if (taken.addAndGet(length) > largest) {
            answers.addAndGet(length);
            throw new InferenceFailed("The server " + model.server() + " gave an answer that is larger than the "
                    + largest + " bytes that are allowed");
        }
        if (answers.addAndGet(length) > properties.answers().toBytes()) {
            throw new Busy("Others are getting as much as can be worked on; try again", SOON);
        }
    }

    /** The body of an answer that is one. */
    private byte[] good(RemoteModel model, Answer answer) {
        String server = "The server " + model.server();
        switch (answer.status()) {
            case 200 -> {
                return answer.body();
            }
            case 400, 422 -> throw new InferenceFailed("The model failed: " + words(answer.body()));
            case 404 -> throw new ModelRefused("There is no model " + model);
            case 401, 403 -> {
                LOG.warn("The server {} refuses this service with {}", model.server(), answer.status());
                throw new Busy(server + " does not let this service ask", SOON);
            }
            case 429, 502, 503 -> throw new Busy(server + " is busy", retryAfter(answer.retryAfter()));
            case 408, 504 -> throw new TookTooLong(server + " did not come to an end in time");
            default -> throw new InferenceFailed(server + " failed: it answered " + answer.status());
        }
    }

    private static Duration retryAfter(@Nullable String seconds) {
        return seconds != null && seconds.matches("[0-9]{1,4}")
                ? Duration.ofSeconds(Math.min(LONGEST_RETRY_AFTER, Math.max(1, Integer.parseInt(seconds))))
                : SOON;
    }

    /** What the server says, as the protocol has it; what else it may be is nobody's business. */
    private String words(byte[] body) {
        try {
            String error = json.readTree(body).path("error").asString("the server does not say why");
            return error.length() > LONGEST_MESSAGE ? error.substring(0, LONGEST_MESSAGE) + "…" : error;
        } catch (JacksonException noJson) {
            return "the server does not say why";
        }
    }

    private Throwable worded(RemoteModel model, Throwable failure) {
        String server = "The server " + model.server();
        if (failure instanceof TimeoutException) {
            return new TookTooLong(
                    server + " did not answer within " + limits.longest().toMillis() + " ms");
        }
        if (failure instanceof IOException) {
            if (unreachable.add(model.server())) {
                LOG.warn("The server {} cannot be asked: {}", model.server(), failure.toString());
            }
            return new Busy(server + " cannot be reached", SOON);
        }
        if (failure instanceof JacksonException) {
            return new InferenceFailed(server + " gave an answer that cannot be read");
        }
        return failure;
    }
}
