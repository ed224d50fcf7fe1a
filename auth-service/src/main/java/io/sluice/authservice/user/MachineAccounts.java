package io.sluice.authservice.user;

import java.util.Collection;
import reactor.core.publisher.Flux;

/** Accounts that nobody has made as a user, but that are looked for among the users. */
public interface MachineAccounts {

    /** Those that there are, in no order. */
    Flux<UserView> findAll(Collection<String> emails);
}
