package io.sluice.authservice.user;

import io.sluice.authservice.password.PasswordHashing;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.net.URI;
import java.time.Clock;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriUtils;
import reactor.core.publisher.Mono;

/** The users of the platform. */
@RestController
@RequestMapping("/api/v1/users")
@Tag(name = "Users")
class UserController {

    private final UserRepository users;
    private final PasswordHashing passwords;
    private final PublicUrl publicUrl;
    private final Clock clock;

    UserController(UserRepository users, PasswordHashing passwords, PublicUrl publicUrl, Clock clock) {
        this.users = users;
        this.passwords = passwords;
        this.publicUrl = publicUrl;
        this.clock = clock;
    }

    @GetMapping("/me")
    @Operation(summary = "The user who is signed in")
    @OpenTo(Audience.SIGNED_IN)
    Mono<ResponseEntity<UserView>> me(Caller caller) {
        return get(caller.userId(), caller);
    }

    @GetMapping("/{userId}")
    @Operation(summary = "One user, for that user and for administrators")
    @OpenTo(Audience.SIGNED_IN)
    Mono<ResponseEntity<UserView>> get(@PathVariable String userId, Caller caller) {
        String email = User.idOf(userId);
        if (!caller.isAdministrator() && !caller.userId().equals(email)) {
            return Mono.error(() -> noUser(userId));
        }
        return users.findById(email)
                .map(user -> etag(user).reply(UserView.of(user)))
                .switchIfEmpty(Mono.error(() -> noUser(userId)));
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Make a user, as an administrator")
    @OpenTo(Audience.ADMINISTRATOR)
    Mono<ResponseEntity<UserView>> create(
            @Valid @RequestBody Mono<NewUser> body, Caller caller, ServerHttpRequest request) {
        if (!caller.isAdministrator()) {
            return Mono.error(() -> Problem.FORBIDDEN.with("Only an administrator may make users"));
        }
        return body.flatMap(this::insert)
                .map(user -> ResponseEntity.created(addressOf(user, request))
                        .eTag(etag(user).value())
                        .body(UserView.of(user)));
    }

    private Mono<User> insert(NewUser wanted) {
        return passwords
                .hash(wanted.password())
                .map(hash -> wanted.toUser(hash, clock.instant()))
                .flatMap(users::insert)
                .onErrorMap(
                        DuplicateKeyException.class,
                        taken -> Problem.ALREADY_EXISTS.at("email", "belongs to another user already"));
    }

    private URI addressOf(User user, ServerHttpRequest request) {
        return URI.create(publicUrl.api(request) + "/users/" + UriUtils.encodePathSegment(user.email(), "UTF-8"));
    }

    private static ETag etag(User user) {
        return ETag.of(user.email(), user.version());
    }

    private static RuntimeException noUser(String userId) {
        return Problem.NOT_FOUND.with("No user " + userId);
    }
}
