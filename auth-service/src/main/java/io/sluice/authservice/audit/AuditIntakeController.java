package io.sluice.authservice.audit;

import io.sluice.kit.audit.AuditEvent;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Takes in what happened in other services; what is sent twice is entered once. */
@Hidden
@RestController
class AuditIntakeController {

    private static final int MOST_AT_ONCE = 1_000;

    private final AuditChain chain;

    AuditIntakeController(AuditChain chain) {
        this.chain = chain;
    }

    @PostMapping("/internal/audit")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @OpenTo(Audience.SERVICE)
    Mono<Void> take(@RequestBody List<AuditEvent> events) {
        if (events.size() > MOST_AT_ONCE || events.contains(null)) {
            return Mono.error(
                    Problem.VALIDATION_FAILED.with("The body must be a list of at most " + MOST_AT_ONCE + " events"));
        }
        return chain.deliver(events);
    }
}
