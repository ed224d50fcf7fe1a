package io.sluice.itemservice.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.itemservice.ItemServiceApplication;
import io.sluice.itemservice.testing.Client;
import io.sluice.itemservice.testing.Reply;
import io.sluice.itemservice.testing.RunningItemService;
import io.sluice.kit.access.DatasetAccess;
import io.sluice.kit.audit.AuditEvent;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Reach;
import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandAcceptance;
import io.sluice.kit.command.CommandRunner;
import io.sluice.kit.command.Commands;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.testing.Outcome;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Work that is accepted and done later. */
@Import(SlowWork.class)
@TestPropertySource(
        properties = {"sluice.commands.lease=2s", "sluice.commands.at-once=2", "sluice.commands.most-per-user=5"})
abstract class CommandContract extends RunningItemService {

    private static final String[] LATER = {"Prefer", "respond-async"};
    private static final Set<String> UNFINISHED = Set.of("created", "in-progress");
    private static final String PROJECT = "6b0183990000000000001001";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String datasetId = newDataset();
    private final List<String> heldUp = new ArrayList<>();

    @Autowired
    private Environment settings;

    @Autowired
    private ReactiveMongoTemplate mongo;

    @Autowired
    private Commands commands;

    @Autowired
    private CommandAcceptance acceptance;

    @Autowired
    private CommandRunner runner;

    @AfterEach
    void letAllGo() {
        heldUp.forEach(SlowWork::letGo);
        heldUp.forEach(commandId ->
                await().atMost(PATIENCE).until(() -> !find(commandId).isUnfinished()));
    }

    // What is asked for

    @Test
    void saysAtOnceWhereToLook() {
        owner().upload(datasetId, "/a.txt", "a");

        Reply accepted = update(owner(), Map.of(), Map.of("user", Map.of("seen", true)));

        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.header("Preference-Applied")).isEqualTo("respond-async");
        assertThat(accepted.header("Retry-After")).isEqualTo("1");
        assertThat(accepted.header("Location")).endsWith("/api/v1/commands/" + accepted.id());
        assertThat(accepted.at("/url").asString()).isEqualTo(accepted.header("Location"));
        assertThat(accepted.at("/type").asString()).isEqualTo("UpdateItems");
        assertThat(accepted.at("/status").asString()).isIn(UNFINISHED);
        assertThat(accepted.at("/progress").isNumber()).isTrue();
        assertThat(accepted.at("/error").isNull()).isTrue();
        ended(accepted);
    }

    @Test
    void changesWhatMatchesAndNothingElse() {
        owner().upload(datasetId, "/a/one.txt", "1");
        owner().upload(datasetId, "/a/two.txt", "2");
        owner().upload(datasetId, "/b/three.txt", "3");
        Map<String, Object> filter = Map.of("$and", List.of(Map.of("filename", "/a/*"), Map.of("type", "file")));

        Reply ended = ended(update(owner(), filter, Map.of("user", Map.of("a.b", Map.of("$c", List.of(1, 2.5))))));

        assertThat(ended.at("/status").asString()).isEqualTo("success");
        assertThat(ended.at("/progress").asInt()).isEqualTo(100);
        assertThat(ended.at("/spec/itemsCount").asInt()).isEqualTo(2);
        assertThat(ended.at("/spec/datasetId").asString()).isEqualTo(datasetId);
        assertThat(files("/metadata/user/a.b/$c/1").stream().sorted().toList())
                .containsExactly("/a/one.txt 2.5", "/a/two.txt 2.5", "/b/three.txt ");
    }

    @Test
    void removesWhatTheChangeSaysIsNull() {
        String itemId = owner().upload(datasetId, "/a.txt", "a").id();
        owner().patch("/api/v1/items/" + itemId, Map.of("metadata", Map.of("user", Map.of("old", 1, "kept", 2))));

        ended(owner().post(query(), "{\"filter\":{},\"update\":{\"metadata\":{\"user\":{\"old\":null}}}}", LATER));

        assertThat(owner().get("/api/v1/items/" + itemId).at("/metadata/user").toString())
                .isEqualTo("{\"kept\":2}");
    }

    @Test
    void changesWhatIsThePlatformsOnlyWhenThatWasSaid() {
        String itemId = owner().upload(datasetId, "/a.txt", "a").id();
        Map<String, Object> update = Map.of("metadata", Map.of("system", Map.of("s", 1)));

        ended(owner().post(query(), Map.of("filter", Map.of(), "update", update), LATER));
        assertThat(owner().get("/api/v1/items/" + itemId)
                        .at("/metadata/system/s")
                        .isMissingNode())
                .isTrue();

        ended(owner().post(query(), Map.of("filter", Map.of(), "update", update, "systemSpace", true), LATER));
        assertThat(owner().get("/api/v1/items/" + itemId)
                        .at("/metadata/system/s")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void deletesWhatMatches() {
        owner().upload(datasetId, "/a/one.txt", "1");
        owner().upload(datasetId, "/b/two.txt", "2");

        Reply accepted = owner().post(query(), Map.of("filter", Map.of("dir", "/a"), "delete", true), LATER);

        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.at("/type").asString()).isEqualTo("DeleteItems");
        assertThat(ended(accepted).at("/spec/itemsCount").asInt()).isEqualTo(1);
        assertThat(stored(datasetId))
                .extracting(item -> item.getString("filename"))
                .doesNotContain("/a/one.txt");
        assertThat(stored(datasetId))
                .extracting(item -> item.getString("filename"))
                .contains("/b/two.txt");
    }

    @Test
    void deletesADirectoryWithAllThatIsInIt() {
        Document item = uploaded("/deep/er/one.txt");
        copy(item, "/deep/er/copy", 600);
        owner().upload(datasetId, "/deeper.txt", "stays");
        String directoryId = idOf("/deep");

        Reply accepted = owner().delete("/api/v1/items/" + directoryId, LATER);

        assertThat(accepted.status()).isEqualTo(202);
        Reply ended = ended(accepted);
        assertThat(ended.at("/status").asString()).isEqualTo("success");
        assertThat(ended.at("/spec/itemsCount").asInt()).isEqualTo(603);
        assertThat(stored(datasetId))
                .extracting(left -> left.getString("filename"))
                .containsExactly("/deeper.txt");
    }

    @Test
    void deletesAFileAtOnce() {
        String itemId = owner().upload(datasetId, "/a.txt", "a").id();

        Reply reply = owner().delete("/api/v1/items/" + itemId, LATER);

        assertThat(reply.status()).isEqualTo(204);
        assertThat(reply.header("Preference-Applied")).isNull();
    }

    @Test
    void answersAPageAtOnce() {
        Reply reply = owner().post(query(), Map.of("filter", Map.of()), LATER);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Preference-Applied")).isNull();
    }

    @Test
    void refusesWhatIsWrongBeforeItAccepts() {
        owner().upload(datasetId, "/a.txt", "a");
        String newest = newest();
        Map<String, Object> good = Map.of("metadata", Map.of("user", Map.of("k", 1)));

        assertThat(owner().post(query(), Map.of("filter", Map.of("a", Map.of("$where", 1)), "update", good), LATER)
                        .status())
                .isEqualTo(422);
        assertThat(owner().post(query(), Map.of("update", Map.of("metadata", "text")), LATER)
                        .status())
                .isEqualTo(400);
        assertThat(as("annotator").post(query(), Map.of("update", good), LATER).status())
                .isEqualTo(403);
        assertThat(as("annotationmanager")
                        .post(query(), Map.of("delete", true), LATER)
                        .status())
                .isEqualTo(403);
        assertThat(as("stranger").post(query(), Map.of("delete", true), LATER).status())
                .isEqualTo(404);
        assertThat(newest()).isEqualTo(newest);
    }

    @Test
    void refusesWhatIsTooLargeToBeKept() {
        String large = "x".repeat(CommandAcceptance.LARGEST);

        Reply reply = update(owner(), Map.of(), Map.of("user", Map.of("large", large)));

        assertThat(reply.status()).isEqualTo(413);
    }

    @Test
    void leavesAloneWhatComesLater() {
        Document item = uploaded("/a.txt");
        Document later = new Document(item).append("_id", laterId()).append("filename", "/later.txt");
        Outcome.of(mongo.insert(later, "items"));

        Reply ended = ended(owner().post(query(), Map.of("filter", Map.of(), "delete", true), LATER));

        assertThat(ended.at("/spec/itemsCount").asInt()).isEqualTo(1);
        assertThat(stored(datasetId))
                .extracting(left -> left.getString("filename"))
                .containsExactly("/later.txt");
    }

    @Test
    void failsWithTheReason() {
        String itemId = owner().upload(datasetId, "/a.txt", "a").id();
        Map<String, Object> much = Map.of("metadata", Map.of("user", Map.of("a", "x".repeat(6_000_000))));
        assertThat(owner().patch("/api/v1/items/" + itemId, much).status()).isEqualTo(200);

        Reply ended = ended(update(owner(), Map.of(), Map.of("user", Map.of("b", "y".repeat(3_000_000)))));

        assertThat(ended.at("/status").asString()).isEqualTo("failed");
        assertThat(ended.at("/error").asString()).startsWith("metadata: ");
    }

    @Test
    void recordsWhoDidWhat() {
        owner().upload(datasetId, "/a.txt", "a");

        Reply accepted = owner().post(query(), Map.of("filter", Map.of(), "delete", true), LATER);
        ended(accepted);

        Query ofThis = Query.query(
                Criteria.where("entityId").is(datasetId).and("eventType").is("deleted"));
        AuditEvent event = Outcome.of(mongo.find(ofThis, AuditEvent.class).single());
        assertThat(event.user()).isEqualTo("owner@example.org");
        assertThat(event.status()).isEqualTo(202);
        assertThat(event.projectId()).isEqualTo(PROJECT);
        assertThat(event.changes()).extracting(AuditEvent.Change::id).containsExactly(accepted.id());
    }

    // Who carries it out

    @Test
    void goesOnWhereADeadReplicaLeftIt() {
        Document item = uploaded("/one.txt");
        List<ObjectId> ids = new ArrayList<>(List.of(item.getObjectId("_id")));
        ids.addAll(copy(item, "/copy", 599));
        long version = item.get("version", 0L);
        change(ids.subList(0, 250), new Update().set("metadata.user.seen", true).inc("version", 1));
        JsonObject what = new JsonObject(Map.of(
                "filter", Map.of(), "patch", Map.of("metadata", Map.of("user", Map.of("seen", true)))));

        Command left =
                left("UpdateItems", what, new Command.Step(null, ids.get(499).toHexString(), 500), 1);
        assertThat(left.isUnfinished()).isTrue();

        Reply ended = ended(left.id());
        assertThat(ended.at("/status").asString()).isEqualTo("success");
        assertThat(ended.at("/spec/itemsCount").asInt()).isEqualTo(600);
        assertThat(stored(datasetId))
                .hasSize(600)
                .allMatch(stored -> stored.get("version", 0L) == version + 1)
                .allMatch(stored -> stored.getEmbedded(List.of("metadata", "user", "seen"), false));
    }

    @Test
    void carriesOutEveryStepOnceWhateverTheReplicas() {
        try (ConfigurableApplicationContext other = replica()) {
            List<String> ids = IntStream.range(0, 12)
                    .mapToObj(number -> accept("user" + number, SlowWork.open()).id())
                    .toList();

            ids.forEach(id -> await().atMost(PATIENCE).until(() -> !find(id).isUnfinished()));

            assertThat(ids).allSatisfy(id -> {
                assertThat(SlowWork.stepsOf(id)).containsExactly("1", "2", "3");
                assertThat(find(id).status()).isEqualTo(Command.Status.SUCCESS);
                assertThat(find(id).done()).isEqualTo(3);
            });

            // All that one may do at once, so that the other has to take the next ones, which it hands back.
            List<String> held = IntStream.range(0, 4)
                    .mapToObj(number -> holdUp("held" + number, 2))
                    .toList();
            held.forEach(id -> await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(SlowWork.stepsOf(id)).containsExactly("1", "2")));
            other.close();

            List<String> handedBack =
                    held.stream().filter(id -> find(id).holder() == null).toList();
            assertThat(handedBack).hasSize(2);
            held.forEach(SlowWork::letGo);
            held.forEach(id -> await().atMost(PATIENCE).until(() -> !find(id).isUnfinished()));
            assertThat(held)
                    .allSatisfy(id -> assertThat(SlowWork.stepsOf(id))
                            .isEqualTo(handedBack.contains(id) ? List.of("1", "2", "2", "3") : List.of("1", "2", "3")));
        }
    }

    @Test
    void isLetGoOfByWhoeverLostIt() {
        String id = waiting("loser", 2);

        // As if another had taken it up, and died.
        Update taken = Update.update("holder", "another")
                .set("leasedUntil", Instant.now().plus(Duration.ofSeconds(3)));
        Outcome.of(mongo.updateFirst(byId(id), taken, Command.class));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(SlowWork.stepsOf(id)).containsExactly("1", "2", "2"));
        SlowWork.letGo(id);

        await().atMost(PATIENCE).until(() -> !find(id).isUnfinished());
        assertThat(SlowWork.stepsOf(id)).containsExactly("1", "2", "2", "3");
        assertThat(find(id).done()).isEqualTo(3);
    }

    @Test
    void isGivenUpWhenItKillsThoseWhoTry() {
        Command left =
                left(SlowWork.TYPE, SlowWork.open(), new Command.Step(null, "1", 1), CommandRunner.MOST_ATTEMPTS);

        Reply ended = ended(left.id());

        assertThat(ended.at("/status").asString()).isEqualTo("failed");
        assertThat(ended.at("/error").asString()).contains("could not be carried out");
        assertThat(SlowWork.stepsOf(left.id())).isEmpty();
    }

    // Who aborts it

    @Test
    void stopsBeforeTheNextStep() {
        String id = waiting("owner", 2);
        assertThat(owner().get(path(id)).at("/progress").asInt()).isEqualTo(33);

        Reply aborted = owner().post(path(id) + "/abort", Map.of());
        SlowWork.letGo(id);

        assertThat(aborted.status()).isEqualTo(200);
        Reply ended = ended(id);
        assertThat(ended.at("/status").asString()).isEqualTo("aborted");
        assertThat(ended.at("/spec/itemsCount").asInt()).isEqualTo(2);
        assertThat(SlowWork.stepsOf(id)).containsExactly("1", "2");
    }

    @Test
    void saysHowFarALongStepIsAndStopsInTheMiddleOfIt() {
        String id = accept("owner", SlowWork.reporting()).id();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(owner().get(path(id)).at("/progress").asInt())
                                .isEqualTo(66));

        owner().post(path(id) + "/abort", Map.of());

        Reply ended = ended(id);
        assertThat(ended.at("/status").asString()).isEqualTo("aborted");
        assertThat(ended.at("/spec/itemsCount").asInt()).isEqualTo(2);
    }

    @Test
    void isNotEvenBegunWhenItWasAbortedBefore() {
        waiting("first", 1);
        waiting("second", 1);
        String id = accept("owner", SlowWork.open()).id();

        Reply aborted = owner().post(path(id) + "/abort", Map.of());

        assertThat(aborted.at("/status").asString()).isEqualTo("aborted");
        letAllGo();
        assertThat(SlowWork.stepsOf(id)).isEmpty();
    }

    @Test
    void staysAsItIsOnceItHasEnded() {
        Reply ended = ended(accept("owner", SlowWork.open()).id());

        Reply aborted = owner().post(path(ended.id()) + "/abort", Map.of());

        assertThat(aborted.status()).isEqualTo(200);
        assertThat(aborted.json()).isEqualTo(ended.json());
        assertThat(aborted.header("ETag")).isEqualTo(ended.header("ETag"));
    }

    // Who sees it

    @Test
    void isSeenByTheMembersOfTheDataset() {
        String id = ended(accept("owner", SlowWork.open()).id()).id();

        assertThat(as("annotator").get(path(id)).status()).isEqualTo(200);
        assertThat(as("annotator").post(path(id) + "/abort", Map.of()).status()).isEqualTo(403);
        assertThat(as("annotationmanager").post(path(id) + "/abort", Map.of()).status())
                .isEqualTo(200);
        lock(datasetId);
        assertThat(as("engineer").post(path(id) + "/abort", Map.of()).status()).isEqualTo(200);
    }

    @Test
    void isUnknownToEverybodyElse() {
        String id = ended(accept("owner", SlowWork.open()).id()).id();
        String nothing = new ObjectId().toHexString();

        for (String operation : List.of("", "/abort")) {
            Reply hidden = ask(as("stranger"), path(id) + operation);
            Reply unknown = ask(as("stranger"), path(nothing) + operation);

            assertThat(hidden.status()).isEqualTo(404);
            assertThat(hidden.text().replace(id, nothing)).isEqualTo(unknown.text());
            assertThat(ask(owner(), path("no$id") + operation).status()).isEqualTo(404);
            assertThat(ask(nobody(), path(id) + operation).status()).isEqualTo(401);
        }
    }

    @Test
    void isSeenByWhoMadeItWhateverBecameOfTheDataset() {
        String id = ended(accept("stranger", SlowWork.open()).id()).id();

        assertThat(as("stranger").get(path(id)).status()).isEqualTo(200);
    }

    @Test
    void isOutOfReachOfTokensForOtherProjects() {
        String id = ended(accept("owner", SlowWork.open()).id()).id();
        Client elsewhere = narrowed("owner", null, List.of(new ObjectId().toHexString()));
        Client reader = narrowed("owner", "items:read", null);

        assertThat(elsewhere.get(path(id)).status()).isEqualTo(404);
        assertThat(elsewhere.get("/api/v1/commands").json()).isEmpty();
        assertThat(reader.get(path(id)).status()).isEqualTo(200);
        assertThat(reader.post(path(id) + "/abort", Map.of()).status()).isEqualTo(403);
        assertThat(narrowed("owner", null, List.of(PROJECT))
                        .get("/api/v1/commands")
                        .json())
                .isNotEmpty();
    }

    @Test
    void isRevalidatedByItsTag() {
        String id = waiting("owner", 2);
        Reply first = owner().get(path(id));

        assertThat(first.header("Cache-Control")).contains("no-cache", "private");
        String tag = Objects.requireNonNull(first.header("ETag"));
        assertThat(owner().get(path(id), "If-None-Match", tag).status()).isEqualTo(304);
        SlowWork.letGo(id);
        ended(id);
        assertThat(owner().get(path(id), "If-None-Match", tag).status()).isEqualTo(200);
    }

    @Test
    void isListedToWhoMadeItTheNewestFirst() {
        List<String> ids = Stream.generate(
                        () -> ended(accept("owner", SlowWork.open()).id()).id())
                .limit(3)
                .toList();
        accept("somebody", SlowWork.open());

        Reply first = owner().get("/api/v1/commands?pageSize=2");
        URI next = nextOf(first);
        Reply second = owner().get(next.getPath() + "?" + next.getQuery());

        assertThat(idsOf(first)).containsExactly(ids.get(2), ids.get(1));
        assertThat(idsOf(second).get(0)).isEqualTo(ids.get(0));
        assertThat(idsOf(owner().get("/api/v1/commands"))).startsWith(ids.get(2), ids.get(1), ids.get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pageSize=0", "pageSize=1001", "pageSize=x", "cursor=x"})
    void refusesPagesThatThereAreNot(String page) {
        assertThat(owner().get("/api/v1/commands?" + page).status()).isEqualTo(400);
    }

    // How many and how long

    @Test
    void isRefusedToWhoHasManyThatHaveNotEnded() {
        String user = "many" + UUID.randomUUID();

        List<Object> outcomes = Objects.requireNonNull(Flux.range(0, 20)
                .flatMap(number -> acceptance
                        .accept(caller(user), access().order(SlowWork.TYPE, SlowWork.waitingIn(1)))
                        .map(command -> (Object) command.id())
                        .onErrorResume(
                                ErrorResponseException.class,
                                refused -> Mono.just(refused.getStatusCode().value())))
                .collectList()
                .block(PATIENCE));
        outcomes.stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .forEach(heldUp::add);

        assertThat(heldUp).hasSize(5);
        assertThat(outcomes.stream().filter(Integer.class::isInstance))
                .hasSize(15)
                .containsOnly(429);
        assertThatThrownBy(() -> accept(user, SlowWork.open()))
                .isInstanceOfSatisfying(
                        ErrorResponseException.class,
                        refused -> assertThat(refused.getHeaders().getFirst("Retry-After"))
                                .isEqualTo("2"));
        letAllGo();
        assertThat(ended(accept(user, SlowWork.open()).id()).status()).isEqualTo(200);
    }

    @Test
    void isForgottenAWeekAfterItsEnd() {
        Command ended = find(ended(accept("owner", SlowWork.open()).id()).id());
        assertThat(Objects.requireNonNull(ended.expiresAt()))
                .isEqualTo(ended.updatedAt().plus(Duration.ofDays(7)));
        assertThat(ended.what()).isNull();

        String old = ended(accept("owner", SlowWork.open()).id()).id();
        Outcome.of(mongo.updateFirst(byId(old), Update.update("expiresAt", Instant.EPOCH), Command.class));
        runner.sweep().block(PATIENCE);

        assertThat(owner().get(path(old)).status()).isEqualTo(404);
        assertThat(owner().get(path(ended.id())).status()).isEqualTo(200);
    }

    // ---

    private String query() {
        return "/api/v1/datasets/" + datasetId + "/query";
    }

    private static String path(String commandId) {
        return "/api/v1/commands/" + commandId;
    }

    private static Reply ask(Client client, String path) {
        return path.endsWith("/abort") ? client.post(path, Map.of()) : client.get(path);
    }

    private Reply update(Client client, Map<String, ?> filter, Map<String, ?> metadata) {
        return client.post(query(), Map.of("filter", filter, "update", Map.of("metadata", metadata)), LATER);
    }

    /** What the command has become, which a 202 has promised. */
    private Reply ended(Reply accepted) {
        assertThat(accepted.status()).as(accepted.text()).isEqualTo(202);
        return ended(accepted.id());
    }

    private Reply ended(String commandId) {
        Command command = await().atMost(PATIENCE).until(() -> find(commandId), found -> !found.isUnfinished());
        String maker = command.creator().substring(0, command.creator().indexOf('@'));
        return as(maker).get(path(commandId));
    }

    private Command find(String commandId) {
        return Objects.requireNonNull(commands.find(commandId).block(PATIENCE));
    }

    private @Nullable String newest() {
        List<String> ids = idsOf(owner().get("/api/v1/commands?pageSize=1"));
        return ids.isEmpty() ? null : ids.get(0);
    }

    private static List<String> idsOf(Reply list) {
        return list.json()
                .valueStream()
                .map(command -> command.path("id").asString())
                .toList();
    }

    private static URI nextOf(Reply list) {
        return Stream.of(Objects.requireNonNull(list.header("Link")).split(", "))
                .filter(link -> link.endsWith("rel=\"next\""))
                .map(link -> URI.create(link.substring(1, link.indexOf('>'))))
                .findFirst()
                .orElseThrow();
    }

    /** The paths of the files, each with what is there in it. */
    private List<String> files(String pointer) {
        return owner().query(datasetId, Map.of("filter", Map.of("type", "file")))
                .at("/items")
                .valueStream()
                .map(item -> item.path("filename").asString() + " "
                        + item.at(pointer).asString(""))
                .toList();
    }

    private Command accept(String user, JsonObject what) {
        return Objects.requireNonNull(acceptance
                .accept(caller(user), access().order(SlowWork.TYPE, what))
                .block(PATIENCE));
    }

    /** One that waits in that step now. */
    private String waiting(String user, int step) {
        String id = holdUp(user, step);
        await().atMost(PATIENCE).until(() -> SlowWork.stepsOf(id).contains(Integer.toString(step)));
        return id;
    }

    private String holdUp(String user, int step) {
        String id = accept(user, SlowWork.waitingIn(step)).id();
        heldUp.add(id);
        return id;
    }

    private static Caller caller(String user) {
        return new Caller(user + "@example.org", Set.of(Caller.USER), "", Reach.EVERYTHING, "");
    }

    private DatasetAccess access() {
        return new DatasetAccess(datasetId, PROJECT, "owner", false, null, null, null, 0);
    }

    /** What a replica leaves that dies in that step; for a moment it seems to be alive. */
    private Command left(String type, JsonObject what, Command.Step step, int attempts) {
        Instant now = Instant.now();
        Command left = new Command(
                new ObjectId().toHexString(),
                type,
                Command.Status.IN_PROGRESS,
                "owner@example.org",
                datasetId,
                PROJECT,
                what,
                null,
                600L,
                0,
                step,
                null,
                null,
                false,
                attempts,
                "left/" + UUID.randomUUID(),
                "dead",
                now.plusMillis(300),
                now,
                now,
                null,
                2);
        return Objects.requireNonNull(commands.insert(left).block(PATIENCE));
    }

    private Document uploaded(String path) {
        String id = owner().upload(datasetId, path, "content").id();
        return stored(datasetId).stream()
                .filter(item -> item.getObjectId("_id").toHexString().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private String idOf(String path) {
        return stored(datasetId).stream()
                .filter(item -> item.getString("filename").equals(path))
                .map(item -> item.getObjectId("_id").toHexString())
                .findFirst()
                .orElseThrow();
    }

    /** Copies of an item in the database, by number. */
    private List<ObjectId> copy(Document item, String path, int count) {
        List<Document> copies = IntStream.range(0, count)
                .mapToObj(number -> new Document(item)
                        .append("_id", new ObjectId())
                        .append("filename", path + number)
                        .append("name", (path + number).substring(path.lastIndexOf('/') + 1)))
                .toList();
        Outcome.of(mongo.insert(copies, "items").collectList());
        return copies.stream().map(copied -> copied.getObjectId("_id")).toList();
    }

    private void change(List<ObjectId> itemIds, Update change) {
        Outcome.of(mongo.updateMulti(Query.query(Criteria.where("_id").in(itemIds)), change, "items"));
    }

    /** The id of an item that came a minute from now. */
    private static ObjectId laterId() {
        return new ObjectId((int) Instant.now().plusSeconds(60).getEpochSecond(), 1);
    }

    private static Query byId(String commandId) {
        return Query.query(Criteria.where("_id").is(commandId));
    }

    /** Another replica on the same database and the same bytes. */
    private ConfigurableApplicationContext replica() {
        return new SpringApplicationBuilder(ItemServiceApplication.class, SlowWork.class)
                .properties("spring.config.name=item-service")
                .run(Stream.concat(
                                Stream.of("--server.port=0"),
                                Stream.of(
                                                "spring.mongodb.uri",
                                                "spring.mongodb.database",
                                                "item-service.blobs",
                                                "sluice.commands.lease",
                                                "sluice.commands.at-once",
                                                "sluice.services.auth-service",
                                                "sluice.services.dataset-service")
                                        .map(property -> "--" + property + "=" + settings.getProperty(property)))
                        .toArray(String[]::new));
    }
}
