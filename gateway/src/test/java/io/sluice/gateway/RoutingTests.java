package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;

class RoutingTests extends AtTheGate {

    @ParameterizedTest
    @CsvSource({
        "POST, /token?default, auth-service",
        "GET, /.well-known/oauth-authorization-server, auth-service",
        "GET, /login?callback=http://localhost:3001, auth-service",
        "GET, /oauth2/authorize?client_id=sluice, auth-service",
        "POST, /oauth2/token, auth-service",
        "POST, /oauth2/keys, auth-service",
        "GET, /api/v1/users/me, auth-service",
        "POST, /api/v1/users, auth-service",
        "GET, /api/users/me, auth-service",
        "POST, /api/v1/apiKeys, auth-service",
        "GET, /api/v1/projects/6b01/bots, auth-service",
        "POST, /api/v1/projects/6b01/bots/6b02/rotate, auth-service",
        "GET, /api/v1/orgs, auth-service",
        "DELETE, /api/v1/orgs/6a01, auth-service",
        "GET, /api/v1/orgs/6a01/members, auth-service",
        "DELETE, /api/v1/orgs/6a01/members/ann@example.org, auth-service",
        "GET, /api/v1/orgs/6a01/groups, auth-service",
        "GET, /api/v1/orgs/6a01/projects, dataset-service",
        "GET, /api/v1/orgs/6a01/members/ann@example.org/projects, dataset-service",
        "POST, /api/v1/groups/6a02/members, auth-service",
        "POST, /api/v1/audit/logs, auth-service",
        "GET, /api/v1/projects, dataset-service",
        "GET, /api/v1/projects/my%20proj/%C3%A9/name, dataset-service",
        "GET, /api/v1/projects/100%25/name, dataset-service",
        "POST, /api/v1/projects/6b01/members/z@b.c, dataset-service",
        "GET, /api/v1/datasets, dataset-service",
        "POST, /api/v1/datasets/query, dataset-service",
        "PATCH, /api/v1/datasets/6b01, dataset-service",
        "PATCH, /api/v1/datasets/6b01/unlock, dataset-service",
        "GET, /api/v1/recipes/6b01, dataset-service",
        "GET, /api/v1/ontologies/6b01, dataset-service",
        "POST, /api/v1/datasets/6b01/items?mode=skip, item-service",
        "PUT, /api/v1/datasets/6b01/items/6b02, item-service",
        "POST, /api/v1/datasets/6b01/query, item-service",
        "GET, /api/v1/datasets/6b01/directoryTree, item-service",
        "POST, /api/v1/datasets/6b01/split, item-service",
        "POST, /api/v1/datasets/6b01/clone, item-service",
        "POST, /api/v1/datasets/6b01/sync, item-service",
        "POST, /api/v1/datasets/merge, item-service",
        "GET, /api/v1/items/6b01, item-service",
        "GET, /api/v1/items/6b01/stream, item-service",
        "POST, /api/v1/features/sets/query, item-service",
        "POST, /api/v1/features/vectors/search, item-service",
        "POST, /api/v1/ml/models/query, model-service",
        "POST, /api/v1/ml/metrics/query, model-service",
        "POST, /v2/models/6b01/infer, model-service",
        "GET, /api/v1/ml/models/configuration/schema, model-service",
        "GET, /api/v1/executions/6b01, model-service",
        "DELETE, /api/v1/services/6b01, model-service",
        "POST, /api/v1/query/faas, model-service",
        "POST, /api/v1/app-registry/sheep/revisions, model-service",
        "PUT, /api/v1/apps/6b01, model-service",
        "GET, /api/v1/commands, item-service",
        "POST, /api/v1/commands/6b01/abort, item-service",
    })
    void eachPathReachesTheServiceThatAnswersItUnchanged(String method, String uri, String service) {
        StubService.Seen seen = seenBy(ann().method(HttpMethod.valueOf(method)).uri(at(uri)));

        assertThat(seen.service()).isEqualTo(service);
        assertThat(seen.method()).isEqualTo(method);
        assertThat(seen.uri()).isEqualTo(uri);
    }

    @Test
    void twoSlashesAreOne() {
        StubService.Seen seen = seenBy(ann().get().uri(at("/api/v1//items//6b01")));

        assertThat(seen.uri()).isEqualTo("/api/v1/items/6b01");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/nope",
                "/api",
                "/api/v2/items/6b01",
                "/api/v1/nope",
                "/API/v1/items/6b01",
                "/internal/access",
                "/internal/jwks.json",
                "/internal/openapi.json",
                "/actuator",
                "/actuator/health",
                "/actuator/health/readiness",
                "/actuator/gateway/routes",
            })
    void whatNobodyAnswersIsNotFound(String path) {
        ann().get()
                .uri(at(path))
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo(404)
                .jsonPath("$.type")
                .isEqualTo("/problems/not-found")
                .jsonPath("$.message")
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//internal/access",
                "/internal//access",
                "/api/v1/items/../../../internal/access",
                "/api/v1/items/%2e%2e/%2e%2e/%2e%2e/internal/access",
                "/api/v1/items/.%2e/.%2E/%2e./internal/access",
                "/api/v1/items/..%2f..%2f..%2finternal/access",
                "/api/v1/items/..;/..;/..;/internal/access",
                "/api/v1/items/..\\..\\..\\internal\\access",
                "/api/v1/items/..%5c..%5c..%5cinternal%5caccess",
                "/;/internal/access",
                "/internal;x=y/access",
                "/%69nternal/access",
                "/./internal/access",
                "/internal/./access",
                "/%2finternal/access",
                "/internal%2faccess",
                "/api/v1/items/%252e%252e/%252e%252e/%252e%252e/internal/access",
                "/api/v1/items/x%00/../../../../internal/access",
                "http://127.0.0.1/internal/access",
                "/ACTUATOR/health",
                "/%61ctuator/health",
                "/api/v1/../../actuator/health",
                "//actuator//health",
            })
    void noTrickReachesWhatIsInternal(String target) throws Exception {
        RawHttp.Answer answer = RawHttp.to(port())
                .send("GET " + target + " HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + ANN
                        + "\r\nConnection: close\r\n\r\n");

        if (answer.status() == 200) {
            // A strange name below a public path, as it came: a service takes dots and slashes in it for nothing else.
            assertThat(answer.body()).contains("\"uri\":\"/api/v1/items/").contains("\"uri\":\"" + target);
        } else {
            assertThat(answer.status()).isIn(400, 404);
        }
    }
}
