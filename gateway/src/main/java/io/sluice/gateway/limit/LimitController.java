package io.sluice.gateway.limit;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.web.ETag;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Tells everybody how large, how long and how often, so that nobody needs to find out by being refused. */
@RestController
class LimitController {

    private final PlatformLimits platform;

    LimitController(PlatformLimits platform) {
        this.platform = platform;
    }

    @GetMapping("/api/v1/limits")
    @OpenTo(Audience.ANYBODY)
    Mono<ResponseEntity<PlatformLimits.All>> limits() {
        return platform.get()
                .map(all -> ResponseEntity.ok()
                        .eTag(ETag.of(all).value())
                        .cacheControl(CacheControl.noCache())
                        .body(all));
    }
}
