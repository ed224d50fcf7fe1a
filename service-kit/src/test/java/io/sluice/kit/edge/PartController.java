package io.sluice.kit.edge;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.sluice.kit.link.Retiring;
import io.sluice.kit.paging.Page;
import io.sluice.kit.web.ETag;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Parts in pages: twenty-five in all. */
@RestController
@RequestMapping("/api/v1/parts")
class PartController {

    @OpenTo(Audience.SIGNED_IN)
    @GetMapping
    Mono<Page<String>> list(
            @RequestParam(defaultValue = "0") int pageOffset, @RequestParam(defaultValue = "10") int pageSize) {
        return Mono.just(Page.of(List.of("part"), 25, pageOffset, pageSize));
    }

    @OpenTo(Audience.SIGNED_IN)
    @PostMapping("/query")
    Mono<Page<String>> query() {
        return Mono.just(Page.of(List.of("part"), 25, 0, 10));
    }

    @OpenTo(Audience.SIGNED_IN)
    @PostMapping
    Mono<ResponseEntity<Map<String, String>>> create() {
        return Mono.just(ResponseEntity.created(URI.create("/api/v1/parts/new")).body(Map.of("id", "new")));
    }

    @OpenTo(Audience.SIGNED_IN)
    @Retiring(since = "2026-01-01", until = "2027-01-31", successor = "/api/v1/parts")
    @GetMapping("/old")
    Mono<List<String>> old(@RequestParam(defaultValue = "true") boolean there) {
        return there ? Mono.just(List.of("part")) : Mono.error(() -> Problem.NOT_FOUND.with("No parts"));
    }

    @OpenTo(Audience.SIGNED_IN)
    @GetMapping("/picture")
    ResponseEntity<String> picture() {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.maxAge(Duration.ofDays(1)).cachePublic())
                .body("the same for everybody");
    }

    @OpenTo(Audience.SIGNED_IN)
    @GetMapping("/{partId}")
    Mono<ResponseEntity<Map<String, String>>> get(@PathVariable String partId) {
        if (partId.equals("unknown")) {
            return Mono.error(() -> Problem.NOT_FOUND.with("No part " + partId));
        }
        return Mono.just(ETag.of(partId).reply(Map.of("id", partId)));
    }

    @OpenTo(Audience.SIGNED_IN)
    @PatchMapping("/{partId}")
    Mono<Map<String, Object>> update(@PathVariable String partId, @RequestBody Map<String, Object> changes) {
        return Mono.just(changes);
    }

    @OpenTo(Audience.SIGNED_IN)
    @PatchMapping("/{partId}/unlock")
    Mono<Map<String, String>> unlock(@PathVariable String partId) {
        return Mono.just(Map.of("id", partId));
    }

    @OpenTo(Audience.SIGNED_IN)
    @DeleteMapping("/{partId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    Mono<Void> delete(@PathVariable String partId) {
        return Mono.empty();
    }
}
