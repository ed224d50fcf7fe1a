package io.sluice.gateway.health;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Tells load balancers and people, without a token, whether the platform can be used. */
@RestController
class HealthController {

    private final PlatformHealth platform;

    HealthController(PlatformHealth platform) {
        this.platform = platform;
    }

    /**
     * The state of the platform.
     *
     * @param status {@code UP} when every service is ready, else {@code DOWN}
     * @param down the names of the services that are not ready
     */
    record Health(
            String status,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> down) {

        static Health of(List<String> down) {
            return new Health(down.isEmpty() ? "UP" : "DOWN", down);
        }
    }

    /** 200 when every service is ready, 503 when one is not. */
    @GetMapping("/health")
    @OpenTo(Audience.ANYBODY)
    Mono<ResponseEntity<Health>> health() {
        return platform.down()
                .map(down -> ResponseEntity.status(down.isEmpty() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                        .cacheControl(CacheControl.noStore())
                        .body(Health.of(down)));
    }
}
