package io.sluice.modelservice.model;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.error.Problem;
import io.sluice.kit.token.ServiceTokens;
import java.nio.file.Path;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads and writes items in the name of the caller, who must be allowed to; what is a model's already, in that of this service. */
@Component
class ItemClient {

    private static final String FILE = "model.onnx";

    private final WebClient items;
    private final WebClient ownItems;
    private final WebClient datasets;

    ItemClient(ServiceClients clients, ServiceTokens tokens) {
        this.items = clients.asCaller("item-service");
        this.ownItems = clients.asService("item-service", tokens::forService);
        this.datasets = clients.asCaller("dataset-service");
    }

    /** @param type file or dir */
    record ItemRef(String id, String datasetId, String type, String filename) {}

    private record DatasetAccess(String projectId) {}

    private record DatasetRef(String id) {}

    /** An item of the project; empty when there is none that the caller may read, or when it lies in another project. */
    Mono<ItemRef> find(Caller caller, String projectId, String itemId) {
        return items.get()
                .uri("/api/v1/items/{itemId}", itemId)
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .retrieve()
                .bodyToMono(ItemRef.class)
                .onErrorResume(WebClientResponseException.NotFound.class, notVisible -> Mono.empty())
                .filterWhen(item -> projectOf(caller, item.datasetId()).map(projectId::equals));
    }

    private Mono<String> projectOf(Caller caller, String datasetId) {
        return datasets.get()
                .uri("/internal/access/datasets/{datasetId}", datasetId)
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .retrieve()
                .bodyToMono(DatasetAccess.class)
                .map(DatasetAccess::projectId)
                .onErrorResume(WebClientResponseException.NotFound.class, notVisible -> Mono.empty());
    }

    /** What an item holds. */
    Flux<DataBuffer> bytes(Caller caller, String itemId) {
        return items.get()
                .uri("/api/v1/items/{itemId}/stream", itemId)
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .retrieve()
                .bodyToFlux(DataBuffer.class);
    }

    /** What an item holds that is a model's: whoever may run that need not be allowed to read it. */
    Flux<DataBuffer> bytes(String itemId) {
        return ownItems.get()
                .uri("/internal/items/{itemId}/stream", itemId)
                .retrieve()
                .bodyToFlux(DataBuffer.class)
                .onErrorMap(
                        WebClientResponseException.NotFound.class,
                        gone -> Problem.UNSUPPORTED.with("The model's file, the item " + itemId + ", is gone"));
    }

    /** Makes a file the item of a model in the hidden dataset of its project, or the bytes of that item when there is one. */
    Mono<ItemRef> upload(Caller caller, String projectId, String modelName, Path file) {
        return binaries(caller, projectId).flatMap(datasetId -> {
            MultipartBodyBuilder form = new MultipartBodyBuilder();
            form.part("type", "file");
            form.part("path", "/artifacts/models/" + modelName + "/" + FILE);
            form.part("file", new FileSystemResource(file)).filename(FILE);
            return items.post()
                    .uri("/api/v1/datasets/{datasetId}/items?mode=overwrite", datasetId)
                    .headers(headers -> headers.setBearerAuth(caller.token()))
                    .bodyValue(form.build())
                    .retrieve()
                    .bodyToMono(ItemRef.class);
        });
    }

    private Mono<String> binaries(Caller caller, String projectId) {
        return datasets.get()
                .uri("/api/v1/datasets?name=Binaries&system=true&projects={projectId}", projectId)
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .retrieve()
                .bodyToFlux(DatasetRef.class)
                .next()
                .map(DatasetRef::id)
                .switchIfEmpty(Mono.error(
                        () -> new IllegalStateException("The project " + projectId + " has no dataset Binaries")));
    }
}
