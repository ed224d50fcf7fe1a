package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.annotation.ItemsByAnnotation;
import io.sluice.itemservice.content.Content;
import io.sluice.itemservice.media.ThumbnailProperties;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.query.QueryLimits;
import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import io.sluice.kit.testing.OnMongo;
import io.sluice.kit.testing.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;

@OnMongo(Database.EMBEDDED)
class ThumbnailJobsIT {

    private final String datasetId = new ObjectId().toHexString();
    private final MovableClock clock = new MovableClock();
    private final ThumbnailJobs jobs;

    ThumbnailJobsIT(MongoServer.Lease database) {
        ReactiveMongoTemplate mongo = database.template();
        var limits = new QueryLimits(20, 1_000, 10_000, 100_000, 4_096, 100, Duration.ofSeconds(30));
        ChangeMarks marks = new ChangeMarks(mongo, clock);
        Items items = new Items(
                mongo,
                limits,
                marks,
                new DottedKeys(mongo),
                new DatasetCounts(mongo, marks, limits, clock),
                new Totals(marks),
                new PagePlaces(),
                new ItemsByAnnotation(mongo, limits));
        Thumbnails thumbnails = new Thumbnails(
                items, new ThumbnailProperties(256, 50_000_000, 1, DataSize.ofMegabytes(256), Duration.ofSeconds(30)));
        jobs = new ThumbnailJobs(mongo, thumbnails, clock);
    }

    @Test
    void makesWhatSomebodyWaitsForBeforeAllOthers() {
        List<Item> pictures = List.of(picture("/a.png"), picture("/b.png"), picture("/c.png"));
        pictures.forEach(picture -> carryOut(jobs.ask(picture)));
        clock.advance(Duration.ofSeconds(2));

        carryOut(jobs.askFirst(pictures.get(2)));
        Item neverAskedFor = picture("/d.png");
        carryOut(jobs.askFirst(neverAskedFor));

        assertThat(due()).hasSize(4).startsWith(pictures.get(2).id(), neverAskedFor.id());
        assertThat(due()).endsWith(pictures.get(0).id(), pictures.get(1).id());
    }

    @Test
    void leavesWhatIsBeingMadeToWhoMakesIt() {
        Item picture = picture("/a.png");
        carryOut(jobs.ask(picture));
        clock.advance(Duration.ofSeconds(2));
        Outcome.of(jobs.claim(Outcome.of(jobs.due(1).single())));

        carryOut(jobs.askFirst(picture));

        assertThat(due()).isEmpty();
    }

    @Test
    void takesNobodyWhoWaitsForSomebodyWhoUploads() {
        Item picture = picture("/a.png");

        carryOut(jobs.askFirst(picture));

        assertThat(jobs.lastAsked()).isBefore(clock.instant().minus(Duration.ofHours(1)));
    }

    private static void carryOut(Mono<Void> deed) {
        Outcome.of(deed.thenReturn(true));
    }

    private List<String> due() {
        return Outcome.of(jobs.due(10).map(ThumbnailJob::itemId).collectList());
    }

    private Item picture(String path) {
        Map<String, Object> system = Map.of("mimetype", "image/png", "width", 10, "height", 10);
        return Item.file(
                datasetId,
                new ItemPath(path),
                new Content("0".repeat(64), 1),
                new JsonObject(Map.of(Item.SYSTEM, system)),
                null,
                "me",
                clock);
    }
}
