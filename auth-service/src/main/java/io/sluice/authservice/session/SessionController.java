package io.sluice.authservice.session;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where somebody is signed in, and signing out there. */
@RestController
@RequestMapping({"/api/v1/users/me/sessions", "/api/users/me/sessions"})
@Tag(name = "Sign-in")
class SessionController {

    private final Sessions sessions;

    SessionController(Sessions sessions) {
        this.sessions = sessions;
    }

    /**
     * A sign-in as its owner sees it; times are milliseconds since 1970.
     *
     * @param clientId the OAuth client; null for the SDK
     */
    record SessionView(String id, @Nullable String clientId, long createdAt, long lastUsedAt, long expiresAt) {

        static SessionView of(Session session) {
            return new SessionView(
                    session.id(),
                    session.clientId(),
                    session.createdAt().toEpochMilli(),
                    session.lastUsedAt().toEpochMilli(),
                    session.expiresAt().toEpochMilli());
        }
    }

    @GetMapping
    @Operation(summary = "The caller's sign-ins that are not over")
    @OpenTo(Audience.SIGNED_IN)
    Flux<SessionView> list(Caller caller) {
        return sessions.ofUser(caller.userId()).map(SessionView::of);
    }

    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Sign out everywhere, here too")
    @OpenTo(Audience.SIGNED_IN)
    Mono<Void> endAll(Caller caller) {
        return sessions.endAllOf(caller.userId());
    }

    /** Of others' sessions nothing is known, so ending one that is not there is the same as ending one of theirs. */
    @DeleteMapping("/{sessionId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Sign out in one place")
    @OpenTo(Audience.SIGNED_IN)
    Mono<Void> end(@PathVariable String sessionId, Caller caller) {
        return sessions.end(sessionId, caller.userId());
    }
}
