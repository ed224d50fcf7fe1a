package io.sluice.launcher;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OrganizationRole;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Role;
import io.sluice.kit.testing.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of rights, of all services, as it stands in the code. */
class RightsTests {

    /** Surefire runs in the folder of the module. */
    private static final Path DOCUMENT = Path.of("../docs/permissions.md");

    private static final String BEGIN = "## Roles in a project";

    private static final List<Operation> OPERATIONS = Operation.below("io.sluice");

    @Test
    void arePrintedInTheDocuments() throws IOException {
        String current = Files.readString(DOCUMENT);
        String tables = tables();

        if (Boolean.getBoolean("sluice.write-docs")) {
            int begin = current.indexOf(BEGIN);
            Files.writeString(DOCUMENT, (begin < 0 ? current : current.substring(0, begin)) + tables);
        }
        assertThat(Files.readString(DOCUMENT))
                .as("./mvnw -pl launcher -am test -Dtest=RightsTests -Dsluice.write-docs=true "
                        + "-Dsurefire.failIfNoSpecifiedTests=false writes it anew")
                .endsWith(tables);
    }

    @Test
    void areSaidOfEveryOperation() {
        assertThat(OPERATIONS)
                .hasSizeGreaterThan(30)
                .allMatch(operation -> (operation.audience() == null)
                        != operation.permissions().isEmpty());
    }

    @Test
    void openNothingOfTheServicesAmongThemselvesToUsers() {
        assertThat(OPERATIONS)
                .filteredOn(operation -> !operation.isPublicPath())
                .isNotEmpty()
                .noneMatch(operation ->
                        operation.audience() == Audience.ADMINISTRATOR || operation.audience() == Audience.SIGNED_IN);
    }

    private static String tables() {
        return BEGIN + "\n\n"
                + roles(Role.values(), Role::wireName, permission -> role -> role.may(permission), false)
                + "\n## Roles in an organization\n\n"
                + roles(
                        OrganizationRole.values(),
                        OrganizationRole::wireName,
                        permission -> role -> role.may(permission),
                        true)
                + "\n## Operations\n\n| operation | needs | who |\n| --- | --- | --- |\n"
                + OPERATIONS.stream().map(RightsTests::row).distinct().collect(joining());
    }

    private static <R> String roles(
            R[] roles,
            Function<R, String> name,
            Function<Permission, Function<R, Boolean>> may,
            boolean ofOrganizations) {
        return row("may", roles, name)
                + row("---", roles, role -> ":-:")
                + Arrays.stream(Permission.values())
                        .filter(permission -> permission.isOfOrganizations() == ofOrganizations)
                        .map(permission -> row(
                                words(permission),
                                roles,
                                role -> may.apply(permission).apply(role) ? "yes" : "–"))
                        .collect(joining());
    }

    private static <R> String row(String head, R[] roles, Function<R, String> cell) {
        return Arrays.stream(roles).map(cell).collect(joining(" | ", "| " + head + " | ", " |\n"));
    }

    private static String row(Operation operation) {
        Audience audience = operation.audience();
        String who = audience == null
                ? whoMay(operation.permissions().get(0))
                : switch (audience) {
                    case ANYBODY -> "anybody";
                    case SIGNED_IN -> "every user, for what is the user's own";
                    case ADMINISTRATOR -> "administrators of the platform";
                    case SERVICE -> "the other services";
                };
        String needs = operation.permissions().stream().map(RightsTests::words).collect(joining("; to change: "));
        return "| `%s` | %s | %s |\n".formatted(operation.name(), needs.isEmpty() ? "–" : needs, who);
    }

    private static String whoMay(Permission permission) {
        return permission.isOfOrganizations()
                ? "in the organization: "
                        + names(Arrays.stream(OrganizationRole.values())
                                .filter(role -> role.may(permission))
                                .map(OrganizationRole::wireName))
                : "in the project: "
                        + names(Arrays.stream(Role.values())
                                .filter(role -> role.may(permission))
                                .map(Role::wireName));
    }

    private static String names(Stream<String> roles) {
        return roles.collect(joining(", "));
    }

    private static String words(Permission permission) {
        return permission.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
