package io.sluice.modelservice.model;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.modelservice.configuration.InputConfiguration;
import io.sluice.modelservice.configuration.InvalidConfiguration;
import io.sluice.modelservice.configuration.RemoteConfiguration;
import io.sluice.modelservice.model.ItemClient.ItemRef;
import io.sluice.modelservice.model.ModelFiles.KeptFile;
import io.sluice.modelservice.model.RunnableFile.TokenizerFile;
import io.sluice.modelservice.prediction.Tokenizer;
import io.sluice.modelservice.remote.RemoteServers;
import io.sluice.modelservice.runtime.ModelDescription;
import io.sluice.modelservice.runtime.ModelRefused;
import io.sluice.modelservice.runtime.ModelRuntime;
import io.sluice.modelservice.runtime.ModelSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The files of models: of all kinds, and of them the one that this platform runs. Only ONNX files are ever looked into: no
 * format that can carry code.
 */
@Component
class Artifacts {

    private static final String ITEM_ID = "itemId";

    private final ItemClient items;
    private final ModelFiles files;
    private final ModelRuntime runtime;
    private final RemoteServers servers;

    Artifacts(
            ItemClient items,
            ModelFiles files,
            ModelRuntime runtime,
            RemoteServers servers,
            ModelFileProperties properties) {
        Tokenizer.unpackInto(properties.folder().resolve("native"));
        this.items = items;
        this.files = files;
        this.runtime = runtime;
        this.servers = servers;
    }

    /**
     * The file among a model's artifacts that can be run: the first one whose name ends in .onnx.
     *
     * @param known the one that was found the last time; is not looked into again when it still is among them
     * @return empty when there is none; {@link Problem#VALIDATION_FAILED} when it cannot be run
     */
    Mono<Optional<RunnableFile>> runnable(
            Caller caller, String projectId, ModelContent content, @Nullable RunnableFile known) {
        requireServer(projectId, content.declared().remote());
        Mono<RunnableFile> file = known != null && isAmong(content, known.itemId())
                ? Mono.just(known)
                : candidates(caller, projectId, content)
                        .filter(candidate -> candidate
                                .item()
                                .filename()
                                .toLowerCase(Locale.ROOT)
                                .endsWith(".onnx"))
                        .next()
                        .flatMap(candidate -> files.keep(
                                        items.bytes(caller, candidate.item().id()))
                                .flatMap(kept -> described(projectId, kept, candidate.field())
                                        .map(description ->
                                                RunnableFile.of(candidate.item().id(), kept, description))));
        return file.flatMap(found -> withTokenizer(caller, projectId, content, found))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty());
    }

    private static boolean isAmong(ModelContent content, String itemId) {
        return Objects.requireNonNull(content.artifacts()).stream()
                .anyMatch(artifact -> itemId.equals(artifact.members().get(ITEM_ID)));
    }

    /** A text model without its tokenizer takes tensors; the tokenizer may come later than the configuration that names it. */
    private Mono<RunnableFile> withTokenizer(Caller caller, String projectId, ModelContent content, RunnableFile file) {
        if (!(content.declared().input() instanceof InputConfiguration.Text text)) {
            return Mono.just(file.with(null));
        }
        TokenizerFile known = file.tokenizer();
        if (known != null && known.name().equals(text.tokenizer()) && isAmong(content, known.itemId())) {
            return Mono.just(file);
        }
        return candidates(caller, projectId, content)
                .filter(candidate -> candidate.item().filename().endsWith("/" + text.tokenizer()))
                .next()
                .flatMap(candidate -> files.keep(
                                items.bytes(caller, candidate.item().id()), Tokenizer.LARGEST)
                        .delayUntil(kept -> readable(kept, candidate.field()))
                        .map(kept -> file.with(new TokenizerFile(
                                candidate.item().id(), text.tokenizer(), kept.sha256(), kept.size()))))
                .defaultIfEmpty(file.with(null));
    }

    private static Mono<Void> readable(KeptFile tokenizer, String field) {
        return Mono.<Void>fromRunnable(() -> Tokenizer.read(tokenizer.path(), 1).close())
                .subscribeOn(Schedulers.boundedElastic())
                .onErrorMap(
                        InvalidConfiguration.class, invalid -> Problem.VALIDATION_FAILED.at(field, invalid.problem()));
    }

    private void requireServer(String projectId, @Nullable RemoteConfiguration remote) {
        if (remote != null && !servers.isFor(projectId, remote.server())) {
            List<String> names = servers.namesFor(projectId);
            throw Problem.VALIDATION_FAILED.at(
                    "configuration.runtime.server",
                    names.isEmpty()
                            ? "names no server: there is none that models of this project may be run on"
                            : "must be one of " + String.join(", ", names));
        }
    }

    /** @param field what says that it is one, for messages */
    private record Candidate(String field, ItemRef item) {}

    private Flux<Candidate> candidates(Caller caller, String projectId, ModelContent content) {
        List<JsonObject> artifacts = Objects.requireNonNull(content.artifacts());
        return Flux.range(0, artifacts.size())
                .concatMap(index -> candidate(caller, projectId, "artifacts[" + index + "]", artifacts.get(index)), 1);
    }

    private Mono<Candidate> candidate(Caller caller, String projectId, String artifact, JsonObject members) {
        if (!(members.members().get(ITEM_ID) instanceof String itemId)) {
            return Mono.empty();
        }
        String field = artifact + "." + ITEM_ID;
        return items.find(caller, projectId, itemId)
                .switchIfEmpty(Mono.error(() -> Problem.VALIDATION_FAILED.at(
                        field, "is no item of the model's project, or none that you may read")))
                .map(item -> new Candidate(field, item));
    }

    /**
     * Looks into a file that somebody sends, and makes it an item of the project when it can be run.
     *
     * @param said how many bytes it is said to have; negative when that is not said
     */
    Mono<RunnableFile> put(Caller caller, String projectId, String modelName, long said, Flux<DataBuffer> body) {
        files.requireRoom(said);
        return files.keep(body)
                .flatMap(file -> described(projectId, file, "body")
                        .flatMap(description -> items.upload(caller, projectId, modelName, file.path())
                                .map(item -> RunnableFile.of(item.id(), file, description))));
    }

    private Mono<ModelDescription> described(String projectId, KeptFile file, String field) {
        return runtime.describe(new ModelSource(file.sha256(), file.path(), null), projectId)
                .onErrorMap(
                        ModelRefused.class,
                        refused -> Problem.VALIDATION_FAILED.at(field, "cannot be run: " + refused.getMessage()));
    }

    /**
     * The file to run, from here or from where it lies.
     *
     * @return {@link Problem#CHANGED_MEANWHILE} when the item has other bytes now than those that were looked into
     */
    Mono<ModelSource> source(RunnableFile runnable, @Nullable Integer mostRows) {
        return here(runnable.itemId(), runnable.sha256(), files::keep)
                .map(file -> new ModelSource(file.sha256(), file.path(), mostRows));
    }

    /** The tokenizer, as {@link #source} gives the file. */
    Mono<Path> tokenizer(TokenizerFile tokenizer) {
        return here(tokenizer.itemId(), tokenizer.sha256(), bytes -> files.keep(bytes, Tokenizer.LARGEST))
                .map(KeptFile::path);
    }

    private Mono<KeptFile> here(String itemId, String sha256, Function<Flux<DataBuffer>, Mono<KeptFile>> keeping) {
        return files.find(sha256)
                .switchIfEmpty(Mono.defer(() -> keeping.apply(items.bytes(itemId))))
                .filter(file -> file.sha256().equals(sha256))
                .switchIfEmpty(Mono.error(() -> Problem.CHANGED_MEANWHILE.with("The item " + itemId
                        + " has other bytes than when it became the model's; name it again among its artifacts")));
    }
}
