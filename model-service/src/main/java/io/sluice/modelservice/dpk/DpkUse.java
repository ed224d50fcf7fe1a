package io.sluice.modelservice.dpk;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Who needs versions of DPKs to stay. */
@FunctionalInterface
public interface DpkUse {

    /**
     * Whether it is installed anywhere.
     *
     * @param revisionId one version; null for any
     */
    Mono<Boolean> isInstalled(String dpkId, @Nullable String revisionId);
}
