package io.sluice.authservice.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.authservice.SignedInPeople;
import io.sluice.kit.audit.AuditEvent;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.http.MediaType;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

abstract class AuditContract extends SignedInPeople {

    private static final String LOGS = "/api/v1/audit/logs";

    @Autowired
    private AuditChain chain;

    @Test
    void keepsWhoChangedWhatWithDigestsOfBeforeAndAfter() {
        String ann = person("ann");
        String orgId = organization(ann);
        json(patch(ann, "/api/v1/orgs/" + orgId, Map.of("name", "renamed")));
        delete(ann, "/api/v1/orgs/" + orgId + "/members/" + stranger("nobody"))
                .expectStatus()
                .isNotFound();

        JsonNode log = log(ann, orgId, 2);

        JsonNode created = log.get(1);
        assertThat(created.path("eventType").stringValue()).isEqualTo("created");
        assertThat(created.path("entityType").stringValue()).isEqualTo("org");
        assertThat(created.path("entityId").stringValue()).isEqualTo(orgId);
        assertThat(created.path("user").stringValue()).isEqualTo(ann);
        assertThat(created.path("operation").stringValue()).isEqualTo("POST /api/v1/orgs");
        assertThat(created.path("status").intValue()).isEqualTo(201);
        assertThat(created.path("address").stringValue()).isEqualTo("127.0.0.1");
        assertThat(created.path("requestId").stringValue()).isNotEmpty();
        assertThat(created.path("ctx").path("org").stringValue()).isEqualTo(orgId);
        JsonNode made = created.path("changes").get(0);
        assertThat(made.has("before")).isFalse();
        JsonNode updated = log.get(0);
        assertThat(updated.path("eventType").stringValue()).isEqualTo("updated");
        assertThat(updated.path("entityName").stringValue()).isEqualTo("renamed");
        JsonNode change = updated.path("changes").get(0);
        assertThat(change.path("before").stringValue())
                .hasSize(64)
                .isEqualTo(made.path("after").stringValue())
                .isNotEqualTo(change.path("after").stringValue());
    }

    @Test
    void keepsRefusalsAndSignIns() {
        String ann = person("ann");
        String bob = person("bob");
        String orgId = organization(ann);
        String path = "/api/v1/orgs/" + orgId;
        json(post(ann, path + "/members", Map.of("emails", List.of(bob), "role", "worker")));

        problem(patch(bob, path, Map.of("name", "mine")), 403);
        signIn(bob.toUpperCase(Locale.ROOT), "not the password").expectStatus().isUnauthorized();

        JsonNode refusals = await().atMost(PATIENCE)
                .until(
                        () -> found(ADMINISTRATOR, Map.of("user", bob, "action", "refused")),
                        found -> found.size() == 2);
        assertThat(refusals.get(0).path("entityType").stringValue()).isEqualTo("session");
        assertThat(refusals.get(0).path("status").intValue()).isEqualTo(401);
        assertThat(refusals.get(1).path("operation").stringValue()).isEqualTo("PATCH /api/v1/orgs/{orgId}");
        assertThat(found(ADMINISTRATOR, Map.of("user", List.of(bob), "action", "signedIn")))
                .hasSize(1);
    }

    @Test
    void saysWhoTriedToSignInAsAMachine() {
        String ann = person("ann");

        submit("/oauth2/token", Map.of("grant_type", "client_credentials", "client_id", ann, "client_secret", "wrong"))
                .expectStatus()
                .isUnauthorized();

        JsonNode refusals = await().atMost(PATIENCE)
                .until(
                        () -> found(ADMINISTRATOR, Map.of("user", ann, "action", "refused")),
                        found -> found.size() == 1);
        assertThat(refusals.get(0).path("operation").stringValue()).isEqualTo("POST /oauth2/token");
    }

    @Test
    void isForThoseWhoseRoleAllowsIt() {
        String ann = person("ann");
        String bob = person("bob");
        String orgId = organization(ann);
        json(post(ann, "/api/v1/orgs/" + orgId + "/members", Map.of("emails", List.of(bob), "role", "member")));

        problem(post(bob, LOGS, Map.of("orgId", orgId)), 403);
        problem(get(bob, LOGS + "/csv?orgId=" + orgId), 403);
        problem(post(person("eve"), LOGS, Map.of("orgId", orgId)), 404);
        problem(post(ann, LOGS, Map.of()), 400);
        problem(get(ann, LOGS + "/csv"), 400);
        problem(get(ann, "/api/v1/audit/verification"), 403);
        problem(post(ann, LOGS, Map.of("orgId", orgId, "fromDate", "yesterday")), 400);
        problem(post(ann, LOGS, Map.of("orgId", orgId, "sortBy", "user")), 400);
        problem(post(ann, LOGS, Map.of("orgId", orgId, "page", 200, "pageSize", 1000)), 400);
        problem(post(ann, LOGS, Map.of("orgId", orgId, "pageSize", 1001)), 400);
    }

    @Test
    void isFoundPageByPageAndByTime() {
        String ann = person("ann");
        String orgId = organization(ann);
        IntStream.range(0, 3).forEach(n -> json(patch(ann, "/api/v1/orgs/" + orgId, Map.of("name", "name " + n))));
        log(ann, orgId, 4);

        JsonNode page = json(post(ann, LOGS, Map.of("orgId", orgId, "page", 1, "pageSize", 3, "descending", false)));

        assertThat(page.path("totalItemsCount").intValue()).isEqualTo(4);
        assertThat(page.path("totalPagesCount").intValue()).isEqualTo(2);
        assertThat(page.path("hasNextPage").booleanValue()).isFalse();
        assertThat(page.path("items").get(0).path("entityName").stringValue()).isEqualTo("name 2");
        assertThat(found(ann, Map.of("orgId", orgId, "toDate", "2020-01-01T00:00:00Z")))
                .isEmpty();
        assertThat(found(ann, Map.of("orgId", orgId, "fromDate", "2020-01-01T00:00:00Z", "entityName", "name 1")))
                .hasSize(1);
    }

    @Test
    void comesAsCsvThatASpreadsheetTakesForTexts() {
        String ann = person("ann");
        String orgId = organization(ann);
        json(patch(ann, "/api/v1/orgs/" + orgId, Map.of("name", "=HYPERLINK(\"evil\")")));
        log(ann, orgId, 2);

        String csv = Objects.requireNonNull(get(ann, LOGS + "/csv?descending=false&orgId=" + orgId)
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.parseMediaType("text/csv"))
                .expectBody(String.class)
                .returnResult()
                .getResponseBody());

        assertThat(csv.split("\r\n")).hasSize(3);
        assertThat(csv).startsWith("time,user,action").contains("\"'=HYPERLINK(\"\"evil\"\")\"");
    }

    @Test
    void showsThatAnEntryWasChangedOrRemoved() {
        String ann = person("ann");
        String orgId = organization(ann);
        json(patch(ann, "/api/v1/orgs/" + orgId, Map.of("name", "renamed")));
        long sequence = log(ann, orgId, 2).get(1).path("sequence").longValue();
        assertThat(verified().path("intact").booleanValue()).isTrue();

        tampered(sequence, entry -> entry.get("event", Document.class).put("user", "eve@example.org"), finding -> {
            assertThat(finding.path("intact").booleanValue()).isFalse();
            assertThat(finding.path("entries").longValue()).isEqualTo(sequence - 1);
            assertThat(finding.path("problem").stringValue()).contains("changed");
        });
        removed(
                List.of(sequence),
                finding -> assertThat(finding.path("problem").stringValue())
                        .isEqualTo("Entry " + sequence + " is missing"));

        assertThat(verified().path("intact").booleanValue()).isTrue();
    }

    @Test
    void showsThatEntriesAtItsEndWereRemoved() {
        chain.deliver(List.of(event(), event())).block(PATIENCE);
        long end = chain.seen().sequence();

        removed(
                List.of(end - 1, end),
                finding -> assertThat(finding.path("problem").stringValue()).contains("missing"));
    }

    @Test
    void entersOnceWhatIsSentTwice() {
        String user = stranger("ann");
        AuditEvent event = event(user);

        postAsService("/internal/audit", List.of(event, event)).expectStatus().isNoContent();
        postAsService("/internal/audit", List.of(event(user), event))
                .expectStatus()
                .isNoContent();

        assertThat(found(ADMINISTRATOR, Map.of("user", user))).hasSize(2);
        problem(post(ADMINISTRATOR, "/internal/audit", List.of(event)), 403);
    }

    @Test
    void isOneChainAlsoWhenReplicasAppendAtOnce() {
        String user = stranger("ann");
        AuditChain replica = new AuditChain(mongo());

        Flux.range(0, 40)
                .flatMap(n -> (n % 2 == 0 ? chain : replica)
                        .deliver(List.of(event(user), event(user), event(user)))
                        .subscribeOn(Schedulers.parallel()))
                .then()
                .block(PATIENCE);

        assertThat(found(ADMINISTRATOR, Map.of("user", user, "pageSize", 1000))).hasSize(120);
        assertThat(verified().path("intact").booleanValue()).isTrue();
    }

    private JsonNode log(String email, String orgId, int expected) {
        return await().atMost(PATIENCE)
                .until(() -> found(email, Map.of("orgId", orgId)), found -> found.size() == expected);
    }

    private JsonNode found(String email, Map<String, Object> query) {
        return json(post(email, LOGS, query)).path("items");
    }

    private JsonNode verified() {
        return json(get(ADMINISTRATOR, "/api/v1/audit/verification"));
    }

    /** Changes an entry in the database, looks what is found then, and puts it back. */
    private void tampered(long sequence, Consumer<Document> change, Consumer<JsonNode> look) {
        Document entry = entry(sequence);
        Document changed = entry(sequence);
        change.accept(changed);
        mongo().save(changed, "audit_log").block(PATIENCE);
        try {
            look.accept(verified());
        } finally {
            mongo().save(entry, "audit_log").block(PATIENCE);
        }
    }

    private void removed(List<Long> sequences, Consumer<JsonNode> look) {
        List<Document> entries = sequences.stream().map(this::entry).toList();
        mongo().remove(Query.query(Criteria.where("_id").in(sequences)), "audit_log")
                .block(PATIENCE);
        try {
            look.accept(verified());
        } finally {
            entries.forEach(entry -> mongo().save(entry, "audit_log").block(PATIENCE));
        }
    }

    private Document entry(long sequence) {
        return mongo().findById(sequence, Document.class, "audit_log")
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    private static AuditEvent event() {
        return event(stranger("ann"));
    }

    private static AuditEvent event(String user) {
        return new AuditEvent(
                ObjectId.get().toHexString(),
                Instant.parse("2026-11-21T08:00:00.123Z"),
                "dataset-service",
                user,
                "DELETE /api/v1/projects/{projectId}",
                "deleted",
                "project",
                ObjectId.get().toHexString(),
                null,
                null,
                null,
                204,
                "192.0.2.7",
                "request-1",
                List.of(new AuditEvent.Change("projects", ObjectId.get().toHexString(), "0".repeat(64), null)));
    }
}
