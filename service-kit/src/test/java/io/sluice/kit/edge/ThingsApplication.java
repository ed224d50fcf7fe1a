package io.sluice.kit.edge;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.SecurityConfiguration.PublicPaths;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import java.io.FileNotFoundException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** A service that has nothing but what the kit gives it, and a few things. */
@SpringBootApplication
class ThingsApplication {

    @Bean
    PublicPaths publicPaths() {
        return new PublicPaths(List.of("/token"));
    }

    record NewThing(
            @NotBlank String name,
            @Max(1000) int size,
            @Nullable Instant since,
            List<Member> members) {}

    record Member(String role, @Nullable Colour colour) {

        Member {
            if (role.equals("god")) {
                throw Problem.VALIDATION_FAILED.at("members.role", "god is taken");
            }
        }
    }

    enum Colour {
        RED,
        GREEN
    }

    @RestController
    static class ThingController {

        private final PublicUrl publicUrl;
        private final ServiceClients clients;

        ThingController(PublicUrl publicUrl, ServiceClients clients) {
            this.publicUrl = publicUrl;
            this.clients = clients;
        }

        @OpenTo(Audience.ANYBODY)
        @PostMapping("/token")
        Mono<String> signIn() {
            return Mono.just("welcome");
        }

        @OpenTo(Audience.SIGNED_IN)
        @PostMapping(path = "/api/v1/things", consumes = MediaType.APPLICATION_JSON_VALUE)
        Mono<NewThing> create(@Valid @RequestBody NewThing thing) {
            return Mono.just(thing);
        }

        @OpenTo(Audience.SIGNED_IN)
        @PostMapping(path = "/api/v1/anything", consumes = MediaType.APPLICATION_JSON_VALUE)
        Mono<Integer> countMembers(@RequestBody Map<String, @Nullable Object> anything) {
            return Mono.just(anything.size());
        }

        /** What it was sent. */
        @OpenTo(Audience.SIGNED_IN)
        @PostMapping(path = "/api/v1/echo", consumes = MediaType.APPLICATION_JSON_VALUE)
        Mono<JsonNode> echo(@RequestBody JsonNode anything) {
            return Mono.just(anything);
        }

        @OpenTo(Audience.SIGNED_IN)
        @GetMapping("/api/v1/things")
        Flux<Member> list() {
            return Flux.just(new Member("owner", Colour.RED), new Member("guest", null));
        }

        /** A list that breaks off when it is asked for more than there is. */
        @OpenTo(Audience.SIGNED_IN)
        @GetMapping("/api/v1/many")
        Flux<Member> many(@RequestParam int count, @RequestParam(defaultValue = "1000000") int thereAre) {
            return Flux.range(0, Math.min(count, thereAre))
                    .map(number -> new Member("member-" + number, null))
                    .concatWith(count > thereAre ? Flux.error(new IllegalStateException("no more")) : Flux.empty());
        }

        @OpenTo(Audience.SIGNED_IN)
        @GetMapping("/api/v1/secret")
        ResponseEntity<Map<String, String>> secret() {
            return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(Map.of("secret", "s"));
        }

        /** The bytes of a file that happens to be JSON. */
        @OpenTo(Audience.SIGNED_IN)
        @GetMapping("/api/v1/file")
        ResponseEntity<byte[]> file() {
            return ResponseEntity.ok()
                    .contentType(MediaType.APPLICATION_JSON)
                    .header(HttpHeaders.ACCEPT_RANGES, "bytes")
                    .eTag("file")
                    .body("{ }".getBytes(StandardCharsets.UTF_8));
        }

        @OpenTo(Audience.SIGNED_IN)
        @GetMapping(path = "/api/v1/things/{thingId}", produces = MediaType.APPLICATION_JSON_VALUE)
        Mono<ResponseEntity<Map<String, String>>> get(@PathVariable String thingId) {
            return Mono.just(
                    ResponseEntity.ok().eTag(ETag.of(thingId, 1).value()).body(Map.of("id", thingId)));
        }

        @OpenTo(Audience.SIGNED_IN)
        @DeleteMapping("/api/v1/things/{thingId}")
        Mono<Void> delete(@PathVariable String thingId, ServerHttpRequest request) {
            ETag.of(thingId, 1).requireMatch(request);
            return Mono.empty();
        }

        @OpenTo(Audience.SIGNED_IN)
        @GetMapping("/api/v1/caller")
        Mono<Map<String, Object>> caller(Caller caller) {
            return Mono.just(Map.of("userId", caller.userId(), "roles", caller.roles()));
        }

        @OpenTo(Audience.SIGNED_IN)
        @GetMapping("/api/v1/address")
        Mono<String> address(ServerHttpRequest request) {
            return Mono.just(publicUrl.api(request));
        }

        @OpenTo(Audience.SIGNED_IN)
        @GetMapping("/api/v1/request-id")
        Mono<String> requestId(@RequestHeader("x-request-id") String requestId) {
            return Mono.just(requestId);
        }

        @OpenTo(Audience.SIGNED_IN)
        @GetMapping("/api/v1/numbers")
        Mono<Integer> number(@RequestParam @Max(10) int number) {
            return Mono.just(number);
        }

        @OpenTo(Audience.SIGNED_IN)
        @GetMapping("/api/v1/broken")
        Mono<String> broken() {
            throw new IllegalStateException("jdbc:secret://admin:hunter2@db");
        }

        @OpenTo(Audience.SIGNED_IN)
        @GetMapping("/api/v1/broken-later")
        Mono<ResponseEntity<Mono<String>>> brokenLater() {
            return Mono.just(ResponseEntity.ok()
                    .eTag("\"good\"")
                    .contentLength(12345)
                    .body(Mono.error(new IllegalStateException("jdbc:secret://admin:hunter2@db"))));
        }

        @OpenTo(Audience.SIGNED_IN)
        @GetMapping("/api/v1/disk")
        Mono<String> disk() {
            return Mono.error(new FileNotFoundException("/var/lib/secret"));
        }

        @OpenTo(Audience.SIGNED_IN)
        @GetMapping("/api/v1/forbidden")
        Mono<String> forbidden() {
            return Mono.error(Problem.FORBIDDEN.with("An annotator may not delete a dataset"));
        }

        @GetMapping("/api/v1/undeclared")
        Mono<String> undeclared() {
            return Mono.just("nobody has thought about who may see this");
        }

        @OpenTo(Audience.ADMINISTRATOR)
        @PostMapping("/api/v1/users")
        Mono<NewThing> forAdministrators(@RequestBody NewThing thing) {
            return Mono.just(thing);
        }

        @OpenTo(Audience.SERVICE)
        @GetMapping("/internal/for-services")
        Mono<String> forServices() {
            return Mono.just("welcome");
        }

        /** What the neighbour says at that path. */
        @OpenTo(Audience.SIGNED_IN)
        @GetMapping("/api/v1/neighbour")
        Mono<NewThing> neighbour(@RequestParam String path) {
            return clients.asCaller("item-service").get().uri(path).retrieve().bodyToMono(NewThing.class);
        }

        @OpenTo(Audience.ANYBODY)
        @GetMapping("/internal/things")
        Mono<Map<String, Object>> internal(Caller caller) {
            return caller(caller);
        }
    }
}
