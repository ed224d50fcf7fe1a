package io.sluice.kit.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.web.ErrorResponseException;

class ScopedPathsTests {

    private static final String PROJECT = "6b0183990000000000001001";

    @ParameterizedTest
    @CsvSource({
        "GET, /api/v1/items/1, items:read",
        "GET, /api/v1/items/1/stream, items:read",
        "GET, /api/v1/items/1/thumbnail, items:read",
        "PATCH, /api/v1/items/1, items:write",
        "POST, /api/v1/datasets/1/items, items:write",
        "POST, /api/v1/datasets/1/query, items:read",
        "GET, /api/v1/datasets/1/directoryTree, items:read",
        "POST, /api/v1/datasets/1/split, items:write",
        "POST, /api/v1/datasets/1/sync, items:write",
        "POST, /api/v1/datasets/1/clone, datasets:write",
        "GET, /api/v1/datasets/1, datasets:read",
        "GET, /api/v1/datasets, datasets:read",
        "OPTIONS, /api/v1/datasets, datasets:read",
        "POST, /api/v1/datasets, datasets:write",
        "DELETE, /api/v1/datasets/1, datasets:write",
        "GET, /api/v1/recipes/1, datasets:read",
        "GET, /api/v1/projects, projects:read",
        "POST, /api/v1/projects, projects:write",
        "GET, /api/v1/projects/1/members, projects:read",
        "POST, /api/v1/projects/1/members/a@b.c, projects:write",
        "POST, /api/v1/app-registry/sheep/revisions, models:read",
        "POST, /api/v1/app-registry, models:write",
        "DELETE, /api/v1/apps/1, models:write",
        "GET, /api/v1/users, users:read",
        "GET, /api/users/a@b.c, users:read",
        "DELETE, /api/v1/users/a@b.c, users:write",
        "PATCH, /api/v1/users/me, users:write"
    })
    void asksForOneScope(HttpMethod method, String path, String scope) {
        Scope needed = Scope.named(scope).orElseThrow();

        assertThatCode(() -> request(method, path, new Reach(Set.of(needed), null)))
                .doesNotThrowAnyException();
        for (Scope other : Scope.values()) {
            if (!other.includes(needed)) {
                assertThatExceptionOfType(ErrorResponseException.class)
                        .as(other.wireName())
                        .isThrownBy(() -> request(method, path, new Reach(Set.of(other), null)))
                        .satisfies(failure ->
                                assertThat(failure.getStatusCode().value()).isEqualTo(403))
                        .satisfies(failure -> assertThat(failure.getHeaders().getFirst("WWW-Authenticate"))
                                .isEqualTo("Bearer error=\"insufficient_scope\", scope=\"" + scope + "\""));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Scope.class)
    void alwaysTellsWhoSomebodyIs(Scope scope) {
        assertThatCode(() -> request(HttpMethod.GET, "/api/v1/users/me", new Reach(Set.of(scope), Set.of(PROJECT))))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/apiKeys",
                "/api/v1/apiKeys/1",
                "/api/v1/projects/1/bots",
                "/api/v1/projects/1/bots/2/rotate",
                "/api/v1/users/me/password",
                "/api/users/me/password",
                "/api/v1/users/a@b.c/passwordReset",
                "/api/v1/audit/logs",
                "/api/v1/nothing-here",
                "/oauth2/anything",
                "/"
            })
    void opensToNoNarrowedTokenWhatNoRowOpens(String path) {
        Reach allScopes = new Reach(Set.of(Scope.values()), null);
        Reach oneProject = new Reach(null, Set.of(PROJECT));

        for (HttpMethod method : Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.DELETE)) {
            assertThatExceptionOfType(ErrorResponseException.class).isThrownBy(() -> request(method, path, allScopes));
            assertThatExceptionOfType(ErrorResponseException.class).isThrownBy(() -> request(method, path, oneProject));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/v1/users",
        "GET, /api/v1/users/a@b.c",
        "PATCH, /api/v1/users/me",
        "GET, /api/v1/orgs",
        "POST, /api/v1/projects"
    })
    void keepsATokenForProjectsInsideOfThem(HttpMethod method, String path) {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> request(method, path, new Reach(null, Set.of(PROJECT))));
    }

    @Test
    void leavesATokenAloneThatWasNotNarrowed() {
        assertThatCode(() -> request(HttpMethod.POST, "/api/v1/apiKeys", Reach.EVERYTHING))
                .doesNotThrowAnyException();
    }

    private static void request(HttpMethod method, String path, Reach reach) {
        Caller caller = new Caller("ann@example.org", Set.of(Caller.USER), "k-1", reach, "token");
        ScopedPaths.require(caller, MockServerHttpRequest.method(method, path).build());
    }
}
