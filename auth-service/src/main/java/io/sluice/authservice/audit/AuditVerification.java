package io.sluice.authservice.audit;

import io.sluice.authservice.audit.AuditChain.Head;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Reads the whole log and finds the first entry that is not what was written. */
@Component
class AuditVerification {

    private final ReactiveMongoTemplate mongo;
    private final AuditChain chain;

    AuditVerification(ReactiveMongoTemplate mongo, AuditChain chain) {
        this.mongo = mongo;
        this.chain = chain;
    }

    /**
     * What was found.
     *
     * @param entries how many are in order, from the first on
     * @param headHash the hash of the last of these; to be kept elsewhere, and to be compared with what the same number of
     *     entries gives later
     * @param problem what is wrong with the entry after these; null when nothing is
     */
    record Finding(
            boolean intact,
            long entries,
            String headHash,
            @Nullable String problem) {

        private static final Finding NOTHING = new Finding(true, 0, AuditRecord.BEGINNING, null);

        private Finding and(AuditRecord next) {
            if (next.sequence() != entries + 1) {
                return broken("Entry " + (entries + 1) + " is missing");
            }
            if (!next.previousHash().equals(headHash)) {
                return broken("Entry " + next.sequence() + " does not follow the one before it");
            }
            return next.isIntact()
                    ? new Finding(true, next.sequence(), next.hash(), null)
                    : broken("Entry " + next.sequence() + " has been changed");
        }

        /** Entries may have come after it was noted how far the log reaches, but none may have gone. */
        private Finding reaching(Head head) {
            if (intact && entries < head.sequence()) {
                return broken(
                        "Entry " + (entries + 1) + " and what follows it are missing; there were " + head.sequence());
            }
            boolean endsAsNoted = entries != head.sequence() || headHash.equals(head.hash());
            return endsAsNoted || !intact ? this : broken("The log has been written anew");
        }

        private Finding broken(String what) {
            return new Finding(false, entries, headHash, what);
        }
    }

    Mono<Finding> verify() {
        return Mono.defer(() -> {
            // How far it must reach is asked first: what is appended meanwhile may be there or not.
            Head seen = chain.seen();
            return chain.stored()
                    .flatMap(stored ->
                            read().map(finding -> finding.reaching(stored).reaching(seen)));
        });
    }

    private Mono<Finding> read() {
        return mongo.find(new Query().with(Sort.by("_id")), AuditRecord.class)
                .scan(Finding.NOTHING, Finding::and)
                .takeUntil(finding -> !finding.intact())
                .last(Finding.NOTHING);
    }
}
