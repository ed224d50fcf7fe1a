package io.sluice.kit.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

class RoleTests {

    @Test
    void isKnownByItsNameInTheApi() {
        assertThat(Role.values())
                .allSatisfy(role -> assertThat(Role.named(role.wireName())).contains(role));
        assertThat(Arrays.stream(Role.values()).map(Role::wireName))
                .containsExactly("owner", "engineer", "annotationManager", "annotator");
        assertThat(Role.named("OWNER")).isEmpty();
        assertThat(Role.named("god")).isEmpty();
    }

    @Test
    void isKnownByItsNameInAnOrganization() {
        assertThat(OrganizationRole.values())
                .allSatisfy(role ->
                        assertThat(OrganizationRole.named(role.wireName())).contains(role));
        assertThat(Arrays.stream(OrganizationRole.values()).map(OrganizationRole::wireName))
                .containsExactly("owner", "admin", "member", "worker");
        assertThat(OrganizationRole.named("engineer")).isEmpty();
    }

    @Test
    void givesNoRoleWhatAHigherOneLacks() {
        assertThatHigherMayMore(List.of(Role.values()), Role::may);
        assertThatHigherMayMore(List.of(OrganizationRole.values()), OrganizationRole::may);
    }

    @Test
    void letsTheOwnerDoEverythingThatIsOfItsKind() {
        assertThat(Permission.values())
                .allMatch(permission -> Role.OWNER.may(permission) != permission.isOfOrganizations())
                .allMatch(permission -> OrganizationRole.OWNER.may(permission) == permission.isOfOrganizations());
    }

    private static <R> void assertThatHigherMayMore(List<R> roles, BiPredicate<R, Permission> may) {
        for (int index = 1; index < roles.size(); index++) {
            R higher = roles.get(index - 1);
            R lower = roles.get(index);

            assertThat(Permission.values())
                    .filteredOn(permission -> may.test(lower, permission))
                    .as("%s may as %s may", higher, lower)
                    .allMatch(permission -> may.test(higher, permission));
        }
    }
}
