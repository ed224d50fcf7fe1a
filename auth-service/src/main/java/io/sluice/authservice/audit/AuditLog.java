package io.sluice.authservice.audit;

import io.sluice.kit.audit.AuditEvent;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.error.Problem;
import io.sluice.kit.paging.Page;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Finds entries of the log. */
@Component
class AuditLog {

    static final Duration LONGEST_SEARCH = Duration.ofSeconds(10);
    static final int MOST_SKIPPED = 100_000;
    static final int MOST_ACTIVITIES = 100;
    private static final int MOST_USERS = 100;

    private final ReactiveMongoTemplate mongo;

    AuditLog(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    /**
     * What is looked for; null or empty for any.
     *
     * @param organizationId null for all, which only an administrator of the platform may ask for
     * @param fromDate ISO-8601, included
     * @param toDate ISO-8601, not included
     * @param users e-mails, at most 100
     * @param action {@code created}, {@code updated}, {@code deleted}, {@code signedIn} or {@code refused}
     * @param sortBy {@code time}, the only order there is, which is that of the entries
     */
    record Search(
            @Nullable String organizationId,
            @Nullable String fromDate,
            @Nullable String toDate,
            List<String> users,
            @Nullable String action,
            @Nullable String entityName,
            @Nullable String entityType,
            @Nullable String entityId,
            @Nullable String sortBy,
            boolean descending) {

        /** {@link Problem#VALIDATION_FAILED} for the whole log, unless the caller is an administrator. */
        Search checkedFor(Caller caller) {
            if (isEmpty(organizationId) && !caller.isAdministrator()) {
                throw Problem.VALIDATION_FAILED.at("orgId", "must be the id of an organization");
            }
            if (!isEmpty(sortBy) && !"time".equals(sortBy)) {
                throw Problem.VALIDATION_FAILED.at("sortBy", "must be time");
            }
            if (users.size() > MOST_USERS) {
                throw Problem.VALIDATION_FAILED.at("user", "may have at most " + MOST_USERS + " entries");
            }
            return this;
        }

        private Query query() {
            List<Criteria> all = new ArrayList<>();
            equal(all, "event.organizationId", organizationId);
            equal(all, "event.eventType", action);
            equal(all, "event.entityName", entityName);
            equal(all, "event.entityType", entityType);
            equal(all, "event.entityId", entityId);
            if (!users.isEmpty()) {
                all.add(Criteria.where("event.user").in(users));
            }
            if (!isEmpty(fromDate)) {
                all.add(Criteria.where("event.time").gte(time("fromDate", fromDate)));
            }
            if (!isEmpty(toDate)) {
                all.add(Criteria.where("event.time").lt(time("toDate", toDate)));
            }
            return all.isEmpty() ? new Query() : Query.query(new Criteria().andOperator(all));
        }

        private Query sortedQuery() {
            Sort.Direction direction = descending ? Sort.Direction.DESC : Sort.Direction.ASC;
            return query().with(Sort.by(direction, "_id"));
        }

        private static void equal(List<Criteria> all, String field, @Nullable String value) {
            if (!isEmpty(value)) {
                all.add(Criteria.where(field).is(value));
            }
        }

        private static Instant time(String field, @Nullable String text) {
            try {
                return Instant.parse(String.valueOf(text));
            } catch (DateTimeParseException notATime) {
                throw Problem.VALIDATION_FAILED.at(field, "must be a time such as 2026-11-21T08:00:00Z");
            }
        }

        private static boolean isEmpty(@Nullable String text) {
            return text == null || text.isEmpty();
        }
    }

    Mono<Page<AuditEntry>> page(Search search, int page, int pageSize) {
        if (page < 0 || pageSize < 0 || pageSize > 1_000 || (long) page * pageSize > MOST_SKIPPED) {
            throw Problem.VALIDATION_FAILED.at(
                    "page", "must be one of pages of 0 to 1,000 entries, and begin among the first " + MOST_SKIPPED);
        }
        Mono<List<AuditEntry>> items = pageSize == 0
                ? Mono.just(List.of())
                : entries(search.sortedQuery().skip((long) page * pageSize).limit(pageSize))
                        .collectList();
        return mongo.count(search.query().maxTime(LONGEST_SEARCH), AuditRecord.class)
                .zipWith(items, (total, found) -> Page.of(found, total, page, pageSize));
    }

    Flux<AuditEntry> all(Search search) {
        return entries(search.sortedQuery());
    }

    /** What was last done in a project, the last first. */
    Flux<AuditEvent> lastOf(String projectId) {
        Criteria done = Criteria.where("event.projectId")
                .is(projectId)
                .and("event.eventType")
                .ne("refused");
        return mongo.find(
                        Query.query(done)
                                .with(Sort.by(Sort.Direction.DESC, "_id"))
                                .limit(MOST_ACTIVITIES)
                                .maxTime(LONGEST_SEARCH),
                        AuditRecord.class)
                .map(AuditRecord::event);
    }

    private Flux<AuditEntry> entries(Query query) {
        return mongo.find(query.maxTime(LONGEST_SEARCH), AuditRecord.class).map(AuditEntry::of);
    }
}
