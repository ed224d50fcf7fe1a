package io.sluice.kit.doctor;

import io.sluice.kit.mongo.Indexes;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import org.bson.Document;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.index.IndexDefinition;
import org.springframework.data.mongodb.core.index.IndexField;
import org.springframework.data.mongodb.core.index.IndexInfo;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Whether the database of a service is there, takes writes that last, has the right time and all indexes. */
final class DatabaseDiagnosis implements Diagnosis {

    private static final String DATABASE = "database";
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration SKEW = Duration.ofSeconds(2);
    private static final Duration LARGE_SKEW = Duration.ofSeconds(30);
    private static final int OLDEST = 6;

    /** Where the one document is that is written and deleted again. */
    private static final String COLLECTION = "doctor";

    private final ReactiveMongoTemplate mongo;
    private final ListableBeanFactory beans;
    private final Clock clock;

    DatabaseDiagnosis(ReactiveMongoTemplate mongo, ListableBeanFactory beans, Clock clock) {
        this.mongo = mongo;
        this.beans = beans;
        this.clock = clock;
    }

    @Override
    public Flux<Finding> look() {
        return mongo.executeCommand("{buildInfo: 1}")
                .timeout(PATIENCE)
                .flatMapMany(build -> Flux.concat(version(build), role(), writes(), allIndexes()))
                .onErrorResume(failure -> Flux.just(Finding.fail(
                        DATABASE,
                        "it does not answer: " + wordsOf(failure),
                        "See that MongoDB runs, that its address and password are right (SPRING_MONGODB_URI), and that a"
                                + " replica set has a primary (rs.status() in mongosh).")));
    }

    /** Nothing of a connection string, which holds a password. */
    private static String wordsOf(Throwable failure) {
        String message = Objects.requireNonNullElse(failure.getMessage(), "");
        return failure.getClass().getSimpleName() + " "
                + message.replaceAll("mongodb(\\+srv)?://\\S+", "mongodb://...")
                        .lines()
                        .findFirst()
                        .orElse("");
    }

    private static Flux<Finding> version(Document build) {
        String version = build.getString("version");
        boolean isOld = Integer.parseInt(version.split("\\.", 2)[0]) < OLDEST;
        return Flux.just(
                isOld
                        ? Finding.warn(
                                "database version",
                                version + ", as the embedded database says of itself",
                                "The embedded one is for trying out; a real MongoDB should be " + OLDEST + " or newer.")
                        : Finding.ok("database version", version));
    }

    private Flux<Finding> role() {
        return mongo.executeCommand("{hello: 1}")
                .flatMapMany(hello -> Flux.just(roleIn(hello), clockOf(hello)))
                // The embedded database does not know the command; it has our clock.
                .onErrorResume(unknown -> Flux.empty());
    }

    private static Finding roleIn(Document hello) {
        String check = "database role";
        if (!hello.getBoolean("isWritablePrimary", false)) {
            return Finding.fail(
                    check,
                    "the server that answers is no primary",
                    "Name all members in the connection string, with replicaSet=; look at rs.status() in mongosh.");
        }
        String set = hello.getString("setName");
        if (set == null) {
            return Finding.ok(check, "stands alone: what is acknowledged is in its journal, and nowhere else");
        }
        int members = hello.getList("hosts", String.class, List.of()).size();
        return Finding.ok(check, "primary of " + set + ", " + members + (members == 1 ? " member" : " members"));
    }

    private Finding clockOf(Document hello) {
        Duration skew = Duration.between(hello.get("localTime", Date.class).toInstant(), clock.instant())
                .abs();
        String text = "%d ms apart from that of the database".formatted(skew.toMillis());
        String advice =
                "Keep the time of both machines by NTP (chrony or systemd-timesyncd): tokens and leases end by it.";
        if (skew.compareTo(LARGE_SKEW) > 0) {
            return Finding.fail("clock", text, advice);
        }
        return skew.compareTo(SKEW) > 0 ? Finding.warn("clock", text, advice) : Finding.ok("clock", text);
    }

    private Flux<Finding> writes() {
        Document sample = new Document("at", Date.from(clock.instant()));
        long begun = System.nanoTime();
        return mongo.insert(sample, COLLECTION)
                .flatMap(written -> mongo.remove(written, COLLECTION))
                .timeout(PATIENCE)
                .map(removed -> Finding.ok(
                        "database writes",
                        "a majority had a document in its journal, and deleted it, in "
                                + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms"))
                .onErrorResume(failure -> Mono.just(Finding.fail(
                        "database writes",
                        wordsOf(failure),
                        "Nothing can be acknowledged: bring back enough members of the replica set for a majority, and see"
                                + " that the user may read and write this database and that its disk has room.")))
                .flux();
    }

    private Flux<Finding> allIndexes() {
        // Those that nobody is given by their type are among them.
        return Flux.fromIterable(beans.getBeansOfType(Indexes.class).values())
                .flatMapIterable(Indexes::all)
                .concatMap(index -> index.place()
                        .apply(mongo)
                        .getIndexInfo()
                        .collectList()
                        .map(there -> missing(index, there))
                        .onErrorReturn(new Missing(name(index), false, true)))
                .collectList()
                .flatMapIterable(DatabaseDiagnosis::findings);
    }

    /** @param isNew whether the collection has no index at all, so most likely is not there yet */
    private record Missing(String name, boolean isRequired, boolean isNew) {}

    private static Missing missing(Indexes.Index index, List<IndexInfo> there) {
        boolean isThere = index.alternatives().stream()
                .anyMatch(definition -> there.stream().anyMatch(info -> isSame(definition, info)));
        return isThere ? new Missing("", false, false) : new Missing(name(index), index.required(), there.isEmpty());
    }

    private static boolean isSame(IndexDefinition definition, IndexInfo info) {
        boolean isUnique = Boolean.TRUE.equals(definition.getIndexOptions().get("unique"));
        List<String> keys =
                info.getIndexFields().stream().map(IndexField::getKey).toList();
        return keys.equals(List.copyOf(definition.getIndexKeys().keySet())) && info.isUnique() == isUnique;
    }

    private static String name(Indexes.Index index) {
        return String.join(", ", index.alternatives().get(0).getIndexKeys().keySet());
    }

    private static List<Finding> findings(List<Missing> all) {
        String check = "database indexes";
        List<Missing> missing =
                all.stream().filter(one -> !one.name().isEmpty()).toList();
        if (missing.isEmpty()) {
            return List.of(Finding.ok(check, all.size() + " are there"));
        }
        return missing.stream()
                .map(one -> {
                    String text = "none on (" + one.name() + ")";
                    if (one.isNew()) {
                        return Finding.warn(
                                check, text + ", nor its collection", "The first start of the service makes it.");
                    }
                    return one.isRequired()
                            ? Finding.fail(
                                    check,
                                    text,
                                    "Duplicates get in without it. Start the service, which makes it, and look at its log for"
                                            + " why it could not.")
                            : Finding.warn(
                                    check,
                                    text,
                                    "Queries that would use it read everything. Start the service, which makes it.");
                })
                .toList();
    }
}
