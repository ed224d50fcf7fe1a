package io.sluice.kit.auth;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How far a token reaches: never further than whom it speaks for, and less far when it was narrowed.
 *
 * @param scopes what it may do; null for everything
 * @param projects the ids of the projects where it may do so; null for everywhere, and outside of projects, too
 */
public record Reach(@Nullable Set<Scope> scopes, @Nullable Set<String> projects) {

    /** Everything that the user may do. */
    public static final Reach EVERYTHING = new Reach(null, null);

    private static final String SCOPE = "scope";
    private static final String PROJECTS = "projects";

    public Reach {
        scopes = scopes == null ? null : Set.copyOf(scopes);
        projects = projects == null ? null : Set.copyOf(projects);
    }

    public boolean isNarrowed() {
        return scopes != null || projects != null;
    }

    public boolean allows(Scope scope) {
        return scopes == null || scopes.stream().anyMatch(granted -> granted.includes(scope));
    }

    public boolean includesProject(String projectId) {
        return projects == null || projects.contains(projectId);
    }

    /** Whether it reaches what belongs to no project, such as the users. */
    public boolean leavesProjects() {
        return projects == null;
    }

    /**
     * What the claims of a token say: {@code scope} (RFC 9068 §2.2.3) and {@code projects}. A scope that nobody knows grants nothing; claims of another form are refused.
     *
     * @throws IllegalArgumentException when they cannot be read
     */
    static Reach of(Map<String, ?> claims) {
        return new Reach(scopes(claims.get(SCOPE)), projects(claims.get(PROJECTS)));
    }

    private static @Nullable Set<Scope> scopes(@Nullable Object claim) {
        if (claim == null) {
            return null;
        }
        if (!(claim instanceof String names)) {
            throw new IllegalArgumentException(SCOPE);
        }
        return Arrays.stream(names.split(" "))
                .map(Scope::named)
                .flatMap(Optional::stream)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Scope.class)));
    }

    private static @Nullable Set<String> projects(@Nullable Object claim) {
        if (claim == null) {
            return null;
        }
        if (!(claim instanceof Collection<?> ids)) {
            throw new IllegalArgumentException(PROJECTS);
        }
        return ids.stream().map(String::valueOf).collect(Collectors.toUnmodifiableSet());
    }
}
