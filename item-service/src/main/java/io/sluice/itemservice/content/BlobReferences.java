package io.sluice.itemservice.content;

import reactor.core.publisher.Mono;

/** Tells whether anything still names some bytes; whoever stores digests in documents answers. */
@FunctionalInterface
public interface BlobReferences {

    Mono<Boolean> exist(String sha256);
}
