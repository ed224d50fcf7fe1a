package io.sluice.kit.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RoleTests {

    /** Surefire runs in the folder of the module. */
    private static final Path DOCUMENT = Path.of("../docs/permissions.md");

    @Test
    void isPrintedInTheDocuments() throws IOException {
        String current = Files.readString(DOCUMENT);
        String table = table();

        if (Boolean.getBoolean("sluice.write-docs")) {
            int begin = current.indexOf("| may");
            Files.writeString(DOCUMENT, (begin < 0 ? current : current.substring(0, begin)) + table);
        }
        assertThat(Files.readString(DOCUMENT))
                .as("./mvnw -pl service-kit test -Dtest=RoleTests -Dsluice.write-docs=true writes it anew")
                .endsWith(table);
    }

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
    void givesNoRoleWhatAHigherOneLacks() {
        for (int index = 1; index < Role.values().length; index++) {
            Role higher = Role.values()[index - 1];
            Role lower = Role.values()[index];

            assertThat(Permission.values())
                    .filteredOn(lower::may)
                    .as("%s may as %s may", higher, lower)
                    .allMatch(higher::may);
        }
    }

    @Test
    void letsTheOwnerDoEverything() {
        assertThat(Permission.values()).allMatch(Role.OWNER::may);
    }

    private static String table() {
        return row("may", Role::wireName)
                + row("---", role -> ":-:")
                + Arrays.stream(Permission.values())
                        .map(permission -> row(words(permission), role -> role.may(permission) ? "yes" : "–"))
                        .collect(Collectors.joining());
    }

    private static String row(String head, Function<Role, String> cell) {
        return Arrays.stream(Role.values()).map(cell).collect(Collectors.joining(" | ", "| " + head + " | ", " |\n"));
    }

    private static String words(Permission permission) {
        return permission.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
