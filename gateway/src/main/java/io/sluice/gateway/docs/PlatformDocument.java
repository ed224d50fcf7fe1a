package io.sluice.gateway.docs;

import io.sluice.kit.client.ServiceAddresses;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.web.ETag;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/**
 * The OpenAPI document of the whole platform: what each service says about itself, made one. It is remembered for a
 * while; without a service that does not answer at the moment it is not complete, says so, and is made again soon.
 */
@Component
class PlatformDocument {

    private static final Logger log = LoggerFactory.getLogger(PlatformDocument.class);

    /** No JSON that Jackson writes holds this outside of a string, nor unescaped inside of one. */
    private static final String GATE = "\"\u0000gate\"";

    /** A service makes its document when it is first asked for. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final Duration MEMORY = Duration.ofSeconds(30);
    private static final Duration MEMORY_OF_PART = Duration.ofSeconds(3);
    private static final int LARGEST_DOCUMENT = 8 * 1024 * 1024;

    private final Map<String, WebClient> services = new TreeMap<>();
    private final JsonMapper json;
    private final Mono<Document> remembered;

    PlatformDocument(ServiceAddresses addresses, ServiceClients clients, JsonMapper json) {
        addresses
                .services()
                .keySet()
                .forEach(name -> services.put(
                        name,
                        clients.anonymous(name, "/internal/openapi.json")
                                .mutate()
                                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(LARGEST_DOCUMENT))
                                .build()));
        this.json = json;
        this.remembered = Mono.defer(this::make)
                .cache(
                        document -> document.missing().isEmpty() ? MEMORY : MEMORY_OF_PART,
                        failure -> Duration.ZERO,
                        () -> Duration.ZERO);
    }

    /**
     * The document.
     *
     * @param text with {@link #GATE} where the address of the gate belongs, which depends on who asks
     * @param digest changes with the text
     * @param missing the services that did not answer
     * @param isEmpty whether no service answered: then nothing in it says how a failure looks, to which all of it refers
     * @param paths what the root of the API lists
     */
    record Document(String text, ETag digest, List<String> missing, boolean isEmpty, List<ListedPath> paths) {

        /** The text with the address of the gate, a JSON string. */
        String servedBy(String gate) {
            return text.replace(GATE, gate);
        }
    }

    private record Part(String service, Optional<JsonNode> document) {}

    Mono<Document> get() {
        return remembered;
    }

    private Mono<Document> make() {
        return Flux.fromIterable(services.entrySet())
                .flatMapSequential(service -> fetch(service.getKey(), service.getValue()))
                .collectList()
                .map(this::merge);
    }

    private Mono<Part> fetch(String service, WebClient client) {
        return client.get()
                .retrieve()
                .bodyToMono(String.class)
                .map(json::readTree)
                .timeout(PATIENCE)
                .map(document -> new Part(service, Optional.of(document)))
                .onErrorResume(failure -> {
                    log.warn("The API document of {} cannot be had: {}", service, failure.toString());
                    return Mono.just(new Part(service, Optional.empty()));
                });
    }

    private Document merge(List<Part> parts) {
        DocumentMerge merge = new DocumentMerge(base());
        parts.forEach(part -> part.document()
                .filter(ObjectNode.class::isInstance)
                .ifPresent(document -> merge.add(part.service(), (ObjectNode) document)));
        List<String> missing = parts.stream()
                .filter(part -> part.document().isEmpty())
                .map(Part::service)
                .toList();
        ObjectNode whole = merge.document();
        if (!missing.isEmpty()) {
            ObjectNode info = whole.withObjectProperty("info");
            info.put(
                    "description",
                    info.path("description").asString("") + "\n\n**Not complete at the moment**: "
                            + String.join(", ", missing) + " cannot be asked.");
        }
        whole.putArray("servers").addObject().putRawValue("url", new RawValue(GATE));
        String text = json.writeValueAsString(whole);
        return new Document(text, ETag.of(text), missing, missing.size() == parts.size(), ListedPath.of(whole));
    }

    /** What no service says: the title, the order of the tags, and what the gateway itself answers. */
    private ObjectNode base() {
        try (InputStream file = PlatformDocument.class.getResourceAsStream("/docs/openapi.json")) {
            if (file == null) {
                throw new IllegalStateException("docs/openapi.json is not on the class path");
            }
            return (ObjectNode) json.readTree(file);
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }
}
