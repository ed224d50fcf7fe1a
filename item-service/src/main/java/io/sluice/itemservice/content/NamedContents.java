package io.sluice.itemservice.content;

import reactor.core.publisher.Flux;

/** Everything that documents name; whoever stores digests in documents answers, for somebody who takes his time. */
public interface NamedContents extends BlobReferences {

    /** In no order; the same digest may come again. */
    Flux<String> all();
}
