package io.sluice.kit.audit;

import java.util.List;
import reactor.core.publisher.Mono;

/** The way to the log. */
public interface AuditDelivery {

    /** Completes when the log has all of them for good; may be called again with some that it has already. */
    Mono<Void> deliver(List<AuditEvent> events);
}
