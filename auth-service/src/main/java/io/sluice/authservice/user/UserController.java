package io.sluice.authservice.user;

import io.sluice.authservice.departure.Departures;
import io.sluice.authservice.password.PasswordHashing;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.docs.Conditional;
import io.sluice.kit.error.Problem;
import io.sluice.kit.paging.Cursor;
import io.sluice.kit.paging.Page;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriUtils;
import reactor.core.publisher.Mono;

/** The users of the platform; also at the short address that tutorials show. */
@RestController
@RequestMapping({"/api/v1/users", "/api/users"})
@Tag(name = "Users")
class UserController {

    private static final int LONGEST_SEARCH = 254;
    private static final int LARGEST_PAGE = 1_000;

    private final UserRepository users;
    private final MachineAccounts machines;
    private final UserSearch search;
    private final UserEdit edit;
    private final Departures departures;
    private final PasswordHashing passwords;
    private final PublicUrl publicUrl;
    private final Clock clock;

    UserController(
            UserRepository users,
            MachineAccounts machines,
            UserSearch search,
            UserEdit edit,
            Departures departures,
            PasswordHashing passwords,
            PublicUrl publicUrl,
            Clock clock) {
        this.users = users;
        this.machines = machines;
        this.search = search;
        this.edit = edit;
        this.departures = departures;
        this.passwords = passwords;
        this.publicUrl = publicUrl;
        this.clock = clock;
    }

    @GetMapping
    @Operation(summary = "One page of the users, for administrators")
    @OpenTo(Audience.ADMINISTRATOR)
    Mono<Page<UserView>> list(
            @Parameter(description = "What is in the e-mail address, in any case")
                    @RequestParam(defaultValue = "")
                    @Size(max = LONGEST_SEARCH, message = "must have at most {max} characters")
                    String email,
            @Parameter(description = "What is in the first or the last name, in any case")
                    @RequestParam(defaultValue = "")
                    @Size(max = LONGEST_SEARCH, message = "must have at most {max} characters")
                    String name,
            @Parameter(description = "Which page, counted from 0; not beside a cursor")
                    @RequestParam(required = false)
                    @Min(value = 0, message = "must be at least {value}")
                    @Nullable
                    Integer pageOffset,
            @Parameter(description = "Entries of a page, at most 1,000; 0 only counts")
                    @RequestParam(defaultValue = "100")
                    @Min(value = 0, message = "must be at least {value}")
                    @Max(value = LARGEST_PAGE, message = "must be at most {value}")
                    int pageSize,
            @Parameter(description = "Where to go on: from a `next` or `prev` link, or empty for the beginning")
                    @RequestParam(required = false)
                    @Nullable
                    String cursor) {
        if (cursor == null) {
            return search.page(email, name, pageOffset == null ? 0 : pageOffset, pageSize)
                    .map(page -> page.beginning(UserView::email));
        }
        if (pageOffset != null || pageSize == 0) {
            throw Problem.VALIDATION_FAILED.at(
                    pageOffset == null ? "pageSize" : "pageOffset",
                    pageOffset == null ? "must be at least 1 beside a cursor" : "must be left out beside a cursor");
        }
        return search.page(email, name, Cursor.parse(cursor), pageSize);
    }

    @GetMapping("/me")
    @Operation(summary = "The user who is signed in")
    @OpenTo(Audience.SIGNED_IN)
    Mono<ResponseEntity<UserView>> me(Caller caller) {
        return users.findById(caller.userId())
                .map(UserController::reply)
                .switchIfEmpty(Mono.defer(() -> machine(caller.userId())))
                .switchIfEmpty(Mono.error(() -> noUser(caller.userId())));
    }

    private Mono<ResponseEntity<UserView>> machine(String email) {
        return machines.findAll(List.of(email))
                .next()
                .map(view -> ETag.of(view.id(), view.updatedAt()).reply(view));
    }

    @GetMapping("/{userId}")
    @Operation(summary = "One user, for that user and for administrators")
    @OpenTo(Audience.SIGNED_IN)
    Mono<ResponseEntity<UserView>> get(@PathVariable String userId, Caller caller) {
        return users.findById(visible(userId, caller))
                .map(UserController::reply)
                .switchIfEmpty(Mono.error(() -> noUser(userId)));
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Make a user, as an administrator")
    @OpenTo(Audience.ADMINISTRATOR)
    Mono<ResponseEntity<UserView>> create(@Valid @RequestBody Mono<NewUser> body, ServerHttpRequest request) {
        return body.flatMap(this::insert)
                .map(user -> ResponseEntity.created(addressOf(user, request))
                        .eTag(etag(user).value())
                        .body(UserView.of(user)));
    }

    private Mono<User> insert(NewUser wanted) {
        return departures
                .isUnderWay(User.idOf(wanted.email()))
                .filter(isUnderWay -> !isUnderWay)
                .switchIfEmpty(Mono.error(() -> Problem.ALREADY_EXISTS.at(
                        "email", "belongs to a user who is being deleted; try again in a moment")))
                .flatMap(isFree -> passwords.hash(wanted.password()))
                .map(hash -> wanted.toUser(hash, clock.instant()))
                .flatMap(users::insert)
                .onErrorMap(
                        DuplicateKeyException.class,
                        taken -> Problem.ALREADY_EXISTS.at("email", "belongs to another user already"));
    }

    @PatchMapping("/me")
    @Operation(summary = "Change one's own names by a merge patch")
    @OpenTo(Audience.SIGNED_IN)
    @Conditional
    Mono<ResponseEntity<UserView>> patchMe(
            @RequestBody Map<String, @Nullable Object> patch, Caller caller, ServerHttpRequest request) {
        return change(caller.userId(), request, details -> details.withNames(patch));
    }

    @PatchMapping("/{userId}")
    @Operation(summary = "Change a user by a merge patch; who is no administrator may change the own names")
    @OpenTo(Audience.SIGNED_IN)
    @Conditional
    Mono<ResponseEntity<UserView>> patch(
            @PathVariable String userId,
            @RequestBody Map<String, @Nullable Object> patch,
            Caller caller,
            ServerHttpRequest request) {
        return change(
                visible(userId, caller),
                request,
                details -> caller.isAdministrator() ? details.with(patch) : details.withNames(patch));
    }

    @PutMapping("/{userId}")
    @Operation(summary = "Replace all that can be changed about a user, as an administrator")
    @OpenTo(Audience.ADMINISTRATOR)
    @Conditional
    Mono<ResponseEntity<UserView>> replace(
            @PathVariable String userId, @RequestBody Map<String, @Nullable Object> whole, ServerHttpRequest request) {
        return change(User.idOf(userId), request, details -> UserDetails.NONE.with(whole));
    }

    private Mono<ResponseEntity<UserView>> change(
            String email, ServerHttpRequest request, UnaryOperator<UserDetails> change) {
        return edit.change(email, user -> etag(user).requireMatch(request), change)
                .map(UserController::reply)
                .switchIfEmpty(Mono.error(() -> noUser(email)));
    }

    @DeleteMapping("/{userId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete a user, as an administrator; what the user has made stays")
    @OpenTo(Audience.ADMINISTRATOR)
    @Conditional
    Mono<Void> delete(@PathVariable String userId, ServerHttpRequest request) {
        return users.findById(User.idOf(userId))
                .switchIfEmpty(Mono.error(() -> noUser(userId)))
                .doOnNext(user -> etag(user).requireMatch(request))
                .flatMap(edit::end);
    }

    /** The user's id in lower case; who may not know of the user meets the same as for an unknown one. */
    private static String visible(String userId, Caller caller) {
        String email = User.idOf(userId);
        if (!caller.isAdministrator() && !caller.userId().equals(email)) {
            throw noUser(userId);
        }
        return email;
    }

    private URI addressOf(User user, ServerHttpRequest request) {
        return URI.create(publicUrl.api(request) + "/users/" + UriUtils.encodePathSegment(user.email(), "UTF-8"));
    }

    private static ResponseEntity<UserView> reply(User user) {
        return etag(user).reply(UserView.of(user));
    }

    private static ETag etag(User user) {
        return ETag.of(user.email(), user.version());
    }

    static RuntimeException noUser(String userId) {
        return Problem.NOT_FOUND.with("No user " + userId);
    }
}
