package io.sluice.itemservice.content;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tells whether anything still names some bytes; whoever stores digests in documents answers. */
@FunctionalInterface
public interface BlobReferences {

    Mono<Boolean> exist(String sha256);

    /** Those of the digests that something names. */
    default Mono<Set<String>> named(Collection<String> digests) {
        return Flux.fromIterable(digests).filterWhen(this::exist).collect(Collectors.toUnmodifiableSet());
    }
}
