package io.sluice.kit.idempotency;

import io.sluice.kit.audit.AuditDelivery;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.ETag;
import java.net.URI;
import java.time.Duration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.multipart.PartEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A service that counts how often it was asked, in a database that its replicas share. */
@SpringBootApplication
class CountingApplication {

    record Counter(@Id String name, int count) {}

    record Step(int by, int millis) {}

    @Bean
    Counters counters(ReactiveMongoTemplate mongo) {
        return new Counters(mongo);
    }

    /** Leaves all events in the outbox, where tests see them. */
    @Bean
    AuditDelivery noDelivery() {
        return events -> Mono.never();
    }

    static final class Counters {

        private final ReactiveMongoTemplate mongo;

        Counters(ReactiveMongoTemplate mongo) {
            this.mongo = mongo;
        }

        Mono<Counter> add(String name, int number) {
            return mongo.findAndModify(
                    Query.query(Criteria.where("_id").is(name)),
                    new Update().inc("count", number),
                    FindAndModifyOptions.options().upsert(true).returnNew(true),
                    Counter.class);
        }

        Mono<Integer> count(String name) {
            return mongo.findById(name, Counter.class).map(Counter::count).defaultIfEmpty(0);
        }
    }

    @RestController
    @RequestMapping("/api/v1/items/{name}")
    static class CounterController {

        private final Counters counters;

        CounterController(Counters counters) {
            this.counters = counters;
        }

        @OpenTo(Audience.SIGNED_IN)
        @GetMapping
        Mono<Integer> count(@PathVariable String name) {
            return counters.count(name);
        }

        @OpenTo(Audience.SIGNED_IN)
        @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
        Mono<ResponseEntity<Counter>> add(@PathVariable String name, @RequestBody Step step) {
            return Mono.delay(Duration.ofMillis(step.millis()))
                    .then(Mono.defer(() -> counters.add(name, step.by())))
                    .map(counter -> ResponseEntity.created(URI.create("/api/v1/items/" + name))
                            .eTag(ETag.of(name, counter.count()).value())
                            .header("Link", "</a>; rel=\"a\"", "</b>; rel=\"b\"")
                            .body(counter));
        }

        @OpenTo(Audience.SIGNED_IN)
        @PatchMapping
        Mono<Counter> patch(@PathVariable String name, @RequestBody Step step) {
            return counters.add(name, step.by());
        }

        @OpenTo(Audience.SIGNED_IN)
        @PostMapping("/silent")
        Mono<Void> silent(@PathVariable String name) {
            return counters.add(name, 1).then();
        }

        @OpenTo(Audience.SIGNED_IN)
        @PostMapping("/stream")
        Flux<Counter> stream(@PathVariable String name) {
            return counters.add(name, 1).repeat(2);
        }

        @OpenTo(Audience.SIGNED_IN)
        @PostMapping(consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
        Mono<Counter> addForm(@PathVariable String name, ServerWebExchange exchange) {
            return exchange.getFormData()
                    .flatMap(form -> counters.add(name, Integer.parseInt(String.valueOf(form.getFirst("by")))));
        }

        /** Counts the bytes of all parts. */
        @OpenTo(Audience.SIGNED_IN)
        @PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
        Mono<Counter> upload(@PathVariable String name, @RequestBody Flux<PartEvent> parts) {
            return parts.map(part -> {
                        int count = part.content().readableByteCount();
                        DataBufferUtils.release(part.content());
                        return count;
                    })
                    .reduce(0, Integer::sum)
                    .flatMap(bytes -> counters.add(name, bytes));
        }

        @OpenTo(Audience.SIGNED_IN)
        @PostMapping("/fails-once")
        Mono<Counter> failOnce(@PathVariable String name) {
            return counters.add(name, 1)
                    .flatMap(counter -> counter.count() == 1
                            ? Mono.error(new IllegalStateException("the first time"))
                            : Mono.just(counter));
        }

        @OpenTo(Audience.SIGNED_IN)
        @PostMapping("/refused")
        Mono<Counter> refuse(@PathVariable String name) {
            return counters.add(name, 1)
                    .flatMap(counter -> Mono.error(Problem.NOT_FOUND.with("Asked for the time " + counter.count())));
        }

        @OpenTo(Audience.SIGNED_IN)
        @PostMapping("/secret")
        Mono<ResponseEntity<Counter>> secret(@PathVariable String name) {
            return counters.add(name, 1)
                    .map(counter -> ResponseEntity.ok()
                            .cacheControl(CacheControl.noStore())
                            .body(counter));
        }

        /** An answer of that many bytes. */
        @OpenTo(Audience.SIGNED_IN)
        @PostMapping(path = "/large/{bytes}", produces = MediaType.TEXT_PLAIN_VALUE)
        Mono<String> large(@PathVariable String name, @PathVariable int bytes) {
            return counters.add(name, 1).thenReturn("x".repeat(bytes));
        }
    }
}
