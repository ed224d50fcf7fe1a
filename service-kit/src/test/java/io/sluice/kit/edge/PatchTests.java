package io.sluice.kit.edge;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

/** A JSON Patch becomes the merge patch that the operation takes. A part answers a merge patch by the same. */
class PatchTests extends EdgeContract {

    private static final String PART = "/api/v1/parts/7";

    @Test
    void whatIsToBeDifferentReachesTheOperation() {
        patch(
                        PART,
                        "*",
                        "[{\"op\":\"add\",\"path\":\"/name\",\"value\":\"seven\"},{\"op\":\"remove\",\"path\":\"/id\"}]")
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{\"name\":\"seven\",\"id\":null}");
    }

    @Test
    void whoHasReadItMayChangeIt() {
        String tag = ann().get()
                .uri(PART)
                .exchange()
                .expectBody()
                .returnResult()
                .getResponseHeaders()
                .getETag();

        patch(PART, tag, "[]").expectStatus().isOk().expectBody().json("{}");
        assertProblem(patch(PART, "\"older\"", "[]"), 412, "precondition-failed", PART);
        assertProblem(patch(PART, "W/" + tag, "[]"), 412, "precondition-failed", PART);
    }

    @Test
    void whoDoesNotSayForWhichStateIsAskedTo() {
        assertProblem(patch(PART, null, "[{\"op\":\"remove\",\"path\":\"/id\"}]"), 428, "precondition-required", PART);
        patch(PART, null, "[{\"op\":\"test\",\"path\":\"/id\",\"value\":\"7\"},{\"op\":\"remove\",\"path\":\"/id\"}]")
                .expectStatus()
                .isOk();
    }

    @Test
    void aTestThatFailsChangesNothing() {
        assertProblem(
                patch(PART, null, "[{\"op\":\"test\",\"path\":\"/id\",\"value\":\"8\"}]"),
                409,
                "patch-test-failed",
                PART);
    }

    @Test
    void noMemberBecomesNull() {
        assertProblem(
                patch(PART, "*", "[{\"op\":\"add\",\"path\":\"/name\",\"value\":null}]"),
                422,
                "patch-not-applicable",
                PART);
    }

    @Test
    void whatIsNotThereCannotBePatched() {
        assertProblem(patch("/api/v1/parts/unknown", "*", "[]"), 404, "not-found", "/api/v1/parts/unknown");
    }

    @Test
    void whatCannotBeReadIsNotPatchedSo() {
        String unlock = PART + "/unlock";

        assertProblem(patch(unlock, "*", "[]"), 415, "unsupported-media-type", unlock);
    }

    @Test
    void nobodyIsTold() {
        anonymous()
                .patch()
                .uri(PART)
                .header(HttpHeaders.CONTENT_TYPE, "application/json-patch+json")
                .bodyValue("[]")
                .exchange()
                .expectStatus()
                .isUnauthorized();
    }

    @Test
    void linesOfJsonAreNoBody() {
        assertProblem(
                ann().patch()
                        .uri(PART)
                        .header(HttpHeaders.CONTENT_TYPE, "application/x-ndjson")
                        .bodyValue("{\"name\":\"seven\"}")
                        .exchange(),
                415,
                "unsupported-media-type",
                PART);
    }

    @Test
    void anEmptyBodyIsNoPatch() {
        assertProblem(
                ann().patch()
                        .uri(PART)
                        .header(HttpHeaders.CONTENT_TYPE, "application/json-patch+json")
                        .exchange(),
                400,
                "malformed-request",
                PART);
    }

    private ResponseSpec patch(String path, @Nullable String ifMatch, String patch) {
        return ann().patch()
                .uri(path)
                .headers(headers -> {
                    headers.set(HttpHeaders.CONTENT_TYPE, "application/json-patch+json");
                    if (ifMatch != null) {
                        headers.set(HttpHeaders.IF_MATCH, ifMatch);
                    }
                })
                .bodyValue(patch)
                .exchange();
    }
}
