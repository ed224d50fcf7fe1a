package io.sluice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OrganizationRole;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Role;
import io.sluice.kit.testing.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.HttpMethod;

/** Walks every public operation of the running platform with every role, against what the operation says it needs. */
@Timeout(900)
class RightsIT {

    private static final List<HttpMethod> ORDER =
            List.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    /** Each operation once, in an order in which each still finds what it is about: deletions last, from the inside out. */
    private static final List<Operation> OPERATIONS = Operation.below("io.sluice").stream()
            .filter(Operation::isPublicPath)
            .sorted(Comparator.<Operation>comparingInt(operation -> ORDER.indexOf(operation.method()))
                    // Annotations go with their item.
                    .thenComparing(operation -> !operation.path().contains("/annotations/{"))
                    // Items go with their dataset.
                    .thenComparing(operation -> !operation.path().startsWith("/api/v1/items/"))
                    // Recipes, apps and models go with their project, and that when its organization has gone.
                    .thenComparing(operation -> operation.path().equals("/api/v1/orgs/{orgId}"))
                    .thenComparing(operation -> operation.path().equals("/api/v1/projects/{projectId}"))
                    .thenComparing(operation -> -operation.path().length()))
            .collect(ArrayList::new, RightsIT::addOnce, List::addAll);

    private static void addOnce(List<Operation> all, Operation one) {
        if (all.stream().noneMatch(other -> other.name().equals(one.name()))) {
            all.add(one);
        }
    }

    /** Whose things an operation is tried on. */
    private enum Things {
        OWN,
        OTHERS,
        DELETED,
        MALFORMED
    }

    /** Somebody, with at most one role. */
    private record Actor(
            String name, @Nullable Role role, @Nullable OrganizationRole organizationRole) {

        static final Actor NOBODY = new Actor("nobody", null, null);
        static final Actor ADMINISTRATOR = new Actor("administrator", null, null);
        static final Actor STRANGER = new Actor("stranger", null, null);

        static List<Actor> all() {
            return Stream.of(
                            Stream.of(NOBODY, STRANGER, ADMINISTRATOR),
                            Arrays.stream(Role.values())
                                    .map(role -> new Actor("project-" + role.wireName(), role, null)),
                            Arrays.stream(OrganizationRole.values())
                                    .map(role -> new Actor("organization-" + role.wireName(), null, role)))
                    .flatMap(some -> some)
                    .toList();
        }

        boolean has(Permission permission) {
            return role != null && role.may(permission) || organizationRole != null && organizationRole.may(permission);
        }

        boolean belongs(Permission permission) {
            return permission.isOfOrganizations() ? organizationRole != null : role != null;
        }
    }

    @TempDir
    Path temporary;

    @Test
    void equalTheTable() throws Exception {
        int asked = 0;
        List<String> wrong = new ArrayList<>();
        try (RunningPlatform platform = RunningPlatform.in(temporary)) {
            Map<String, String> deleted = platform.things();
            Actor.all().forEach(actor -> enter(platform, actor, deleted));
            platform.delete(deleted);
            Map<String, String> others = platform.things();
            for (Actor actor : Actor.all()) {
                Map<String, String> own = platform.things();
                enter(platform, actor, own);
                Map<Things, Map<String, String>> things = Map.of(
                        Things.OWN, own,
                        Things.OTHERS, others,
                        Things.DELETED, deleted,
                        Things.MALFORMED, platform.malformed(own));
                for (Things whose : List.of(Things.MALFORMED, Things.DELETED, Things.OTHERS, Things.OWN)) {
                    for (Operation operation : OPERATIONS) {
                        if (whose != Things.OWN && operation.audience() != null) {
                            continue;
                        }
                        int status =
                                platform.status(actor.name(), operation, Objects.requireNonNull(things.get(whose)));
                        asked++;
                        if (!expected(actor, operation, whose, status)) {
                            wrong.add("%s, %s, %s: %d".formatted(actor.name(), operation.name(), whose, status));
                        }
                    }
                }
            }
        }
        System.out.printf(
                "Rights: %d operations x %d callers x {own, others', deleted, malformed}: %d requests, %d wrong%n",
                OPERATIONS.size(), Actor.all().size(), asked, wrong.size());
        assertThat(wrong).isEmpty();
        assertThat(asked).isGreaterThan(1_000);
    }

    private static void enter(RunningPlatform platform, Actor actor, Map<String, String> things) {
        if (actor.role() != null) {
            platform.joinProject(actor.name(), actor.role(), things);
        }
        if (actor.organizationRole() != null) {
            platform.joinOrganization(actor.name(), actor.organizationRole(), things);
        }
    }

    private static boolean expected(Actor actor, Operation operation, Things whose, int status) {
        Audience audience = operation.audience();
        if (audience == Audience.ANYBODY) {
            return status < 500;
        }
        if (actor.equals(Actor.NOBODY)) {
            return status == 401;
        }
        if (audience == Audience.ADMINISTRATOR) {
            return actor.equals(Actor.ADMINISTRATOR) ? isAllowed(status) : status == 403;
        }
        if (audience != null) {
            return isAllowed(status) || status == 404;
        }
        Permission needed = operation.permissions().get(0);
        if (whose == Things.MALFORMED && status == 400) {
            return true;
        }
        if (whose != Things.OWN || !actor.belongs(needed)) {
            return status == 404;
        }
        if (!actor.has(needed)) {
            return status == 403;
        }
        // Nothing here locks a dataset, and what is not locked cannot be unlocked; a text has no thumbnail; no model
        // is trained.
        return status >= 200 && status < 300
                || status == 400 && operation.path().endsWith("/unlock")
                || status == 404 && operation.path().endsWith("/thumbnail")
                || status == 422 && operation.path().endsWith("/train");
    }

    private static boolean isAllowed(int status) {
        return status < 500 && status != 401 && status != 403;
    }
}
