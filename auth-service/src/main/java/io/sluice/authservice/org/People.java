package io.sluice.authservice.org;

import io.sluice.authservice.user.User;
import io.sluice.authservice.user.UserRepository;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Shows members with their names, asking for all at once. */
@Component
public class People {

    private final UserRepository users;

    People(UserRepository users) {
        this.users = users;
    }

    Mono<List<Person>> of(Organization organization) {
        return accounts(organization.members().stream()
                        .map(OrganizationMember::email)
                        .toList())
                .map(accounts -> organization.members().stream()
                        .map(member -> Person.of(
                                organization.id(),
                                member.email(),
                                member.role().wireName(),
                                accounts.get(member.email()),
                                member.addedAt().toEpochMilli()))
                        .toList());
    }

    /** The people of these e-mails, who belong to a group of an organization since then. */
    public Mono<List<Person>> of(String organizationId, List<String> emails, long since) {
        return accounts(emails)
                .map(accounts -> emails.stream()
                        .map(email -> Person.of(organizationId, email, null, accounts.get(email), since))
                        .toList());
    }

    private Mono<Map<String, User>> accounts(List<String> emails) {
        return users.findAllById(emails).collectMap(User::email);
    }
}
