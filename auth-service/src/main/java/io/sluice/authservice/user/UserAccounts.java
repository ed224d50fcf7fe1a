package io.sluice.authservice.user;

import io.sluice.authservice.credential.Accounts;
import io.sluice.authservice.departure.EndsWithAccount;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Users as accounts that credentials belong to. */
@Component
@Order(0)
class UserAccounts implements Accounts, EndsWithAccount {

    private final UserRepository users;

    UserAccounts(UserRepository users) {
        this.users = users;
    }

    @Override
    public Mono<Set<String>> rolesOf(String userId) {
        return users.findById(userId).filter(user -> !user.isDisabled()).map(user -> Set.copyOf(user.roles()));
    }

    @Override
    public Mono<Void> endFor(String userId) {
        return users.deleteById(userId);
    }
}
