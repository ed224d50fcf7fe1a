package io.sluice.authservice.bot;

import io.sluice.authservice.credential.Accounts;
import io.sluice.authservice.credential.Credentials;
import io.sluice.authservice.departure.EndsWithAccount;
import io.sluice.authservice.secret.Secret;
import io.sluice.authservice.session.Machines;
import io.sluice.authservice.session.UserTokens.Holder;
import io.sluice.authservice.user.MachineAccounts;
import io.sluice.authservice.user.UserView;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Bots as accounts: how they sign in, what their tokens stand on, and what they look like among the users. */
@Component
@Order(0)
class BotAccounts implements Machines, Credentials, Accounts, MachineAccounts, EndsWithAccount {

    private final BotRepository bots;

    BotAccounts(BotRepository bots) {
        this.bots = bots;
    }

    @Override
    public Mono<Holder> authenticate(String id, String secret) {
        return stored(id)
                .filter(bot -> new Secret(secret).hasDigest(bot.secretDigest()))
                .map(BotAccounts::holder);
    }

    @Override
    public Mono<Holder> find(String email) {
        return stored(email).map(BotAccounts::holder);
    }

    private static Holder holder(Bot bot) {
        return new Holder(
                bot.credentialId(), bot.email(), bot.name(), Bot.ROLES, bot.scopes(), Set.of(bot.projectId()));
    }

    @Override
    public String prefix() {
        return Bot.CREDENTIAL;
    }

    @Override
    public Mono<Boolean> isActive(String credentialId, String userId) {
        return stored(userId)
                .map(bot -> bot.credentialId().equals(credentialId))
                .defaultIfEmpty(false);
    }

    /** A bot has one secret, and that ends with it. */
    @Override
    public Mono<Void> endAllOf(String userId) {
        return Mono.empty();
    }

    @Override
    public boolean endWithThePassword() {
        return false;
    }

    @Override
    public Mono<Set<String>> rolesOf(String userId) {
        return stored(userId).map(bot -> Set.copyOf(Bot.ROLES));
    }

    @Override
    public Flux<UserView> findAll(Collection<String> emails) {
        return bots.findAllById(
                        emails.stream().map(Bot::idOf).flatMap(Optional::stream).toList())
                .map(bot -> UserView.ofMachine(
                        bot.email(), bot.name(), "bot", Bot.ROLES, bot.createdAt(), bot.updatedAt()));
    }

    @Override
    public Mono<Void> endFor(String userId) {
        return Mono.justOrEmpty(Bot.idOf(userId)).flatMap(bots::deleteById);
    }

    private Mono<Bot> stored(String idOrEmail) {
        return Mono.justOrEmpty(Bot.idOf(idOrEmail)).flatMap(bots::findById);
    }
}
