package io.sluice.authservice.user;

import org.springframework.data.mongodb.repository.ReactiveMongoRepository;
import reactor.core.publisher.Mono;

/** The users, by {@link User#idOf e-mail address}. */
public interface UserRepository extends ReactiveMongoRepository<User, String> {

    /** The oldest of the users who have that role. */
    Mono<User> findFirstByRolesOrderByCreatedAt(String role);
}
