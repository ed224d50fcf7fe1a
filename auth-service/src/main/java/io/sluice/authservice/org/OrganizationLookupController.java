package io.sluice.authservice.org;

import io.sluice.authservice.user.User;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.OrganizationRole;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tells other services what organizations are called and who has which role there. */
@Hidden
@RestController
class OrganizationLookupController {

    private final OrganizationRepository organizations;

    OrganizationLookupController(OrganizationRepository organizations) {
        this.organizations = organizations;
    }

    /**
     * @param ids at most 1,000
     * @param email whose role is asked for; null for nobody's
     */
    record OrganizationQuery(
            @NotNull @Size(max = 1000, message = "must have at most {max} entries")
            List<@NotNull String> ids,

            @Nullable String email) {}

    /** @param role null when that person is no member */
    record KnownOrganization(
            String id, String name, @Nullable OrganizationRole role) {

        static KnownOrganization of(Organization organization, @Nullable String email) {
            OrganizationMember member =
                    email == null ? null : organization.member(User.idOf(email)).orElse(null);
            return new KnownOrganization(organization.id(), organization.name(), member == null ? null : member.role());
        }
    }

    /** Those of the organizations that exist, in no order. */
    @PostMapping("/internal/orgs/query")
    @OpenTo(Audience.SERVICE)
    Flux<KnownOrganization> find(@Valid @RequestBody Mono<OrganizationQuery> query) {
        return query.flatMapMany(wanted -> organizations
                .findByIdIn(wanted.ids())
                .map(organization -> KnownOrganization.of(organization, wanted.email())));
    }
}
