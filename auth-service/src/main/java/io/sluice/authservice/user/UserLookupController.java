package io.sluice.authservice.user;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tells other services the names behind e-mail addresses. */
@Hidden
@RestController
class UserLookupController {

    private final UserRepository users;
    private final MachineAccounts machines;

    UserLookupController(UserRepository users, MachineAccounts machines) {
        this.users = users;
        this.machines = machines;
    }

    /** @param emails at most 1000, in any case */
    record UserQuery(
            @NotNull @Size(max = 1000, message = "must have at most {max} entries")
            List<@NotNull String> emails) {}

    /** What others may know of a user; times are milliseconds since 1970. */
    record KnownUser(String email, String firstName, String lastName, long createdAt, long updatedAt) {

        static KnownUser of(UserView user) {
            return new KnownUser(user.email(), user.firstName(), user.lastName(), user.createdAt(), user.updatedAt());
        }
    }

    /** Those of the users who exist, in no order. */
    @PostMapping("/internal/users/query")
    @OpenTo(Audience.SERVICE)
    Flux<KnownUser> find(@Valid @RequestBody Mono<UserQuery> query) {
        return query.map(wanted -> wanted.emails().stream().map(User::idOf).toList())
                .flatMapMany(
                        emails -> users.findAllById(emails).map(UserView::of).concatWith(machines.findAll(emails)))
                .map(KnownUser::of);
    }
}
