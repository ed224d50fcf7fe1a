package io.sluice.datasetservice.project;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Told by auth-service that an account has ended. */
@Hidden
@RestController
class InternalMembershipController {

    private final Members members;

    InternalMembershipController(Members members) {
        this.members = members;
    }

    /** Ends all memberships of an account; none is fine. */
    @DeleteMapping("/internal/memberships/{email}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @OpenTo(Audience.SERVICE)
    Mono<Void> endAll(Caller caller, @PathVariable String email) {
        if (!caller.isService()) {
            return Mono.error(() -> Problem.FORBIDDEN.with("Only another service may do this"));
        }
        return members.endAll(email.toLowerCase(Locale.ROOT));
    }
}
