package io.sluice.authservice.user;

import static io.sluice.authservice.password.PasswordHashing.LONGEST;
import static io.sluice.authservice.password.PasswordHashing.SHORTEST;

import io.sluice.authservice.guess.Guesses;
import io.sluice.authservice.password.PasswordHashing;
import io.sluice.authservice.secret.Secret;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.sluice.kit.proxy.ClientNetwork;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** New passwords: by the old one, or by a code that an administrator hands over. Either signs the user out. */
@RestController
@RequestMapping({"/api/v1/users", "/api/users"})
@Tag(name = "Users")
class PasswordController {

    /** Where a code is used up; without a token, because whoever has lost the password has none. */
    static final String RESET = "/passwordReset";

    private static final Duration CODE_LIFE = Duration.ofHours(1);

    private final UserRepository users;
    private final UserEdit edit;
    private final PasswordHashing passwords;
    private final Guesses guesses;
    private final Clock clock;

    PasswordController(UserRepository users, UserEdit edit, PasswordHashing passwords, Guesses guesses, Clock clock) {
        this.users = users;
        this.edit = edit;
        this.passwords = passwords;
        this.guesses = guesses;
        this.clock = clock;
    }

    /**
     * @param oldPassword the one to be replaced
     * @param newPassword 8 to 256 characters, any
     */
    record PasswordChange(
            @NotNull @Size(min = 1, max = LONGEST, message = "must have {min} to {max} characters")
            String oldPassword,

            @NotNull @Size(min = SHORTEST, max = LONGEST, message = "must have {min} to {max} characters")
            String newPassword) {

        @Override
        public String toString() {
            return "PasswordChange";
        }
    }

    /**
     * @param email whose password, in any case
     * @param code what the administrator has handed over
     * @param newPassword 8 to 256 characters, any
     */
    record ResetPassword(
            @NotNull @Size(max = 254, message = "must have at most {max} characters")
            String email,

            @NotNull @Size(max = 100, message = "must have at most {max} characters")
            String code,

            @NotNull @Size(min = SHORTEST, max = LONGEST, message = "must have {min} to {max} characters")
            String newPassword) {

        @Override
        public String toString() {
            return "ResetPassword[" + email + "]";
        }
    }

    /**
     * What an administrator sees once.
     *
     * @param expiresAt milliseconds since 1970
     */
    record ResetCode(String email, String code, long expiresAt) {

        @Override
        public String toString() {
            return "ResetCode[" + email + "]";
        }
    }

    @PostMapping("/me/password")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Change one's own password; ends all sessions")
    @OpenTo(Audience.SIGNED_IN)
    Mono<Void> change(@Valid @RequestBody Mono<PasswordChange> body, Caller caller, ServerHttpRequest request) {
        if (!caller.isSignedIn()) {
            return Mono.error(() -> Problem.FORBIDDEN.with("Sign in with the password to change it"));
        }
        return body.flatMap(change -> users.findById(caller.userId())
                .switchIfEmpty(Mono.error(() -> UserController.noUser(caller.userId())))
                .flatMap(user -> checked(user, change.oldPassword(), request))
                .flatMap(user -> set(user, change.newPassword())));
    }

    /** A token that was stolen must not be a way to try passwords faster than at the sign-in. */
    private Mono<User> checked(User user, String password, ServerHttpRequest request) {
        Mono<User> check = passwords
                .matches(password, user.passwordHash())
                .filter(matches -> matches)
                .map(matches -> user);
        return guesses.attempt(user.email(), ClientNetwork.of(request), check)
                .onErrorMap(
                        ErrorResponseException.class,
                        failure -> failure.getStatusCode().value() == Problem.UNAUTHENTICATED.status()
                                ? Problem.VALIDATION_FAILED.at("oldPassword", "is not the password")
                                : failure);
    }

    @PostMapping("/{userId}/passwordReset")
    @Operation(summary = "Make a code that a password can be set by, once, within an hour; for administrators")
    @OpenTo(Audience.ADMINISTRATOR)
    Mono<ResponseEntity<ResetCode>> allowReset(@PathVariable String userId) {
        Secret code = Secret.random();
        Instant expiresAt = clock.instant().plus(CODE_LIFE);
        return users.findById(User.idOf(userId))
                .switchIfEmpty(Mono.error(() -> UserController.noUser(userId)))
                .flatMap(user -> users.save(user.with(new PasswordReset(code.digest(), expiresAt))))
                .map(user -> ResponseEntity.ok()
                        .cacheControl(CacheControl.noStore())
                        .body(new ResetCode(user.email(), code.value(), expiresAt.toEpochMilli())));
    }

    /** A wrong code, a code that was used or has expired, and an unknown user are the same answer. */
    @PostMapping(RESET)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @SecurityRequirements
    @Operation(summary = "Set a password by the code that an administrator has handed over; ends all sessions")
    @OpenTo(Audience.ANYBODY)
    Mono<Void> reset(@Valid @RequestBody Mono<ResetPassword> body) {
        return body.flatMap(reset -> users.findById(User.idOf(reset.email()))
                .filter(user -> !user.isDisabled() && mayReset(user, new Secret(reset.code())))
                .switchIfEmpty(Mono.error(() -> new BadCredentialsException(
                        "Wrong user name or code, or the code has been used or has expired")))
                .flatMap(user -> set(user, reset.newPassword())));
    }

    private boolean mayReset(User user, Secret code) {
        PasswordReset reset = user.passwordReset();
        return reset != null && reset.isOpenFor(code, clock.instant());
    }

    private Mono<Void> set(User user, String password) {
        return passwords.hash(password).flatMap(hash -> edit.setPassword(user, hash));
    }
}
