package io.sluice.gateway.health;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import java.util.List;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Tells load balancers and people, without a token, whether the platform can be used. */
@RestController
class HealthController {

    /** The gateway itself, when it is stopping: send requests to another. */
    private static final List<String> STOPPING = List.of("gateway");

    private final PlatformHealth platform;
    private final ApplicationAvailability availability;

    HealthController(PlatformHealth platform, ApplicationAvailability availability) {
        this.platform = platform;
        this.availability = availability;
    }

    /**
     * The state of the platform.
     *
     * @param status {@code UP} when every service is ready, else {@code DOWN}
     * @param down the names of the services that are not ready, or {@code gateway} when this one is stopping
     */
    record Health(
            String status,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> down) {

        static Health of(List<String> down) {
            return new Health(down.isEmpty() ? "UP" : "DOWN", down);
        }
    }

    /** 200 when every service is ready, 503 when one is not, or this gateway is stopping. */
    @GetMapping("/health")
    @OpenTo(Audience.ANYBODY)
    Mono<ResponseEntity<Health>> health() {
        boolean isStopping = availability.getReadinessState() == ReadinessState.REFUSING_TRAFFIC;
        return (isStopping ? Mono.just(STOPPING) : platform.down())
                .map(down -> ResponseEntity.status(down.isEmpty() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                        .cacheControl(CacheControl.noStore())
                        .body(Health.of(down)));
    }
}
