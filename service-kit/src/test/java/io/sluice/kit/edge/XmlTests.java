package io.sluice.kit.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.web.ETag;
import io.sluice.kit.web.RequestShape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

class XmlTests extends EdgeContract {

    private static final String HEAD = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    private static final String THING = "/api/v1/things/7";
    private static final String JSON_TAG = ETag.of("7", 1).value();
    private static final String XML_TAG = JSON_TAG.substring(0, JSON_TAG.length() - 1) + "+xml\"";

    @Test
    void answersInXmlWhoAsksForIt() {
        var answer = get(THING, "application/xml").expectStatus().isOk().expectBody(String.class);

        EntityExchangeResult<String> result = answer.isEqualTo(HEAD + "<json type=\"object\"><id>7</id></json>")
                .returnResult();
        HttpHeaders headers = result.getResponseHeaders();
        assertThat(headers.getFirst("Content-Type")).isEqualTo("application/xml");
        assertThat(headers.getETag()).isEqualTo(XML_TAG);
        assertThat(headers.getVary()).contains("Accept");
        assertThat(headers.getContentLength()).isEqualTo(HEAD.length() + 37);
        assertThat(headers.getFirst("x-request-id")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "application/json",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "application/xml;q=0.1,application/json"
            })
    void answersInJsonWhoDoesNot(String accept) {
        HttpHeaders headers = get(THING, accept)
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .isEqualTo("{\"id\":\"7\"}")
                .returnResult()
                .getResponseHeaders();

        assertThat(headers.getFirst("Content-Type")).isEqualTo("application/json");
        assertThat(headers.getETag()).isEqualTo(JSON_TAG);
        assertThat(headers.getVary()).contains("Accept");
        assertThat(headers.getContentLength()).isEqualTo(10);
    }

    @Test
    void answersAListInXml() {
        get("/api/v1/things", "application/xml")
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .isEqualTo(HEAD + "<json type=\"array\">"
                        + "<i type=\"object\"><role>owner</role><colour>RED</colour></i>"
                        + "<i type=\"object\"><role>guest</role><colour type=\"null\"/></i></json>");
    }

    @Test
    void answersAHeadAsTheGet() {
        HttpHeaders headers = ann().head()
                .uri(THING)
                .accept(MediaType.APPLICATION_XML)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .isEmpty()
                .getResponseHeaders();

        assertThat(headers.getFirst("Content-Type")).isEqualTo("application/xml");
        assertThat(headers.getETag()).isEqualTo(XML_TAG);
        assertThat(headers.getContentLength()).isEqualTo(HEAD.length() + 37);
    }

    @Test
    void readsABodyInXml() {
        String xml = "<json><name>n</name><size type=\"number\">3</size><since type=\"null\"/>"
                + "<members type=\"array\"><i><role>owner</role><colour>GREEN</colour></i></members></json>";

        post("/api/v1/things", "application/xml", xml)
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentType(MediaType.APPLICATION_JSON)
                .expectBody(String.class)
                .isEqualTo("{\"name\":\"n\",\"size\":3,\"since\":null,"
                        + "\"members\":[{\"role\":\"owner\",\"colour\":\"GREEN\"}]}");
    }

    @Test
    void saysByTheFieldWhatIsWrongInAnXmlAsInAJson() {
        String xml = "<json><name>n</name><size>big</size><members type=\"array\"/></json>";

        ResponseSpec response = post("/api/v1/things", "text/xml;charset=UTF-8", xml);

        assertProblem(response, 400, "malformed-request", "/api/v1/things")
                .jsonPath("$.detail")
                .isEqualTo("size: must be a whole number of at most 32 bits");
    }

    @Test
    void givesBackInXmlWhatItWasSentInXml() {
        String xml =
                "<json type=\"object\"><member name=\"odd key\" type=\"array\"><i type=\"number\">1.5</i><i/></member>"
                        + "<text escaped=\"true\">\\u0000</text></json>";

        ann().post()
                .uri("/api/v1/echo")
                .accept(MediaType.APPLICATION_XML)
                .contentType(MediaType.APPLICATION_XML)
                .bodyValue(xml)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .isEqualTo(HEAD + xml);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE json [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><json><a>&x;</a></json>",
                "<!DOCTYPE json SYSTEM \"http://127.0.0.1:9/x.dtd\"><json/>",
                "<json><a>",
                "{\"a\":1}",
                "<thing/>"
            })
    void refusesBadXml(String xml) {
        ResponseSpec response = post("/api/v1/echo", "application/xml", xml);

        assertProblem(response, 400, "malformed-request", "/api/v1/echo");
    }

    @Test
    void refusesAnXmlInAnotherCharset() {
        ResponseSpec response = post("/api/v1/echo", "application/xml;charset=ISO-8859-1", "<json/>");

        assertProblem(response, 400, "malformed-request", "/api/v1/echo")
                .jsonPath("$.detail")
                .isEqualTo("XML is read in UTF-8 only, not in ISO-8859-1");
    }

    @Test
    void refusesAnXmlThatIsTooLong() {
        String xml = "<json>" + "x".repeat(RequestShape.LARGEST_BODY) + "</json>";

        ResponseSpec response = post("/api/v1/echo", "application/xml", xml);

        assertProblem(response, 413, "content-too-large", "/api/v1/echo");
    }

    @Test
    void refusesAnEmptyBodyAsItDoesWithoutXml() {
        int inJson = statusOfEmptyBody("application/json");

        assertThat(statusOfEmptyBody("application/xml")).isEqualTo(inJson).isEqualTo(400);
    }

    private int statusOfEmptyBody(String type) {
        return ann().post()
                .uri("/api/v1/echo")
                .header("Content-Type", type)
                .exchange()
                .returnResult(Void.class)
                .getStatus()
                .value();
    }

    @Test
    void tellsAProblemInXml() {
        String body = get("/api/v1/nowhere", "application/xml")
                .expectStatus()
                .isNotFound()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_XML)
                .expectHeader()
                .valueEquals("Cache-Control", "no-store")
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();

        assertThat(body)
                .startsWith(HEAD + "<problem xmlns=\"urn:ietf:rfc:7807\">")
                .contains(
                        "<type>/problems/not-found</type>",
                        "<status>404</status>",
                        "<instance>/api/v1/nowhere</instance>")
                .endsWith("</problem>");
    }

    @Test
    void tellsInXmlWhoIsNotSignedIn() {
        anonymous()
                .get()
                .uri(THING)
                .accept(MediaType.APPLICATION_XML)
                .exchange()
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .valueEquals("WWW-Authenticate", "Bearer")
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_XML);
    }

    @Test
    void tellsInXmlOfAFailureThatCameLate() {
        get("/api/v1/broken-later", "application/xml")
                .expectStatus()
                .isEqualTo(500)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_XML)
                .expectHeader()
                .doesNotExist("ETag")
                .expectBody(String.class)
                .value(body -> assertThat(body).doesNotContain("hunter2").endsWith("</problem>"));
    }

    @Test
    void answersOnlyTheTagOfTheSameFormByNotModified() {
        unlessChanged("application/xml", XML_TAG).expectStatus().isNotModified();
        unlessChanged("application/xml", "\"other\", W/" + XML_TAG)
                .expectStatus()
                .isNotModified();
        unlessChanged("application/xml", JSON_TAG).expectStatus().isOk();
        unlessChanged("application/json", JSON_TAG).expectStatus().isNotModified();
        unlessChanged("application/json", XML_TAG).expectStatus().isOk();
        unlessChanged("application/xml", "*").expectStatus().isNotModified();
    }

    @Test
    void givesANotModifiedTheTagOfItsForm() {
        unlessChanged("application/xml", XML_TAG)
                .expectHeader()
                .valueEquals("ETag", XML_TAG)
                .expectHeader()
                .valueEquals("Vary", "Accept");
        unlessChanged("application/json", JSON_TAG)
                .expectHeader()
                .valueEquals("ETag", JSON_TAG)
                .expectHeader()
                .valueEquals("Vary", "Accept");
    }

    @Test
    void takesAChangeByTheTagOfEitherForm() {
        ifUnchanged(JSON_TAG).expectStatus().isOk();
        ifUnchanged(XML_TAG).expectStatus().isOk();
        ifUnchanged("\"other\", " + XML_TAG).expectStatus().isOk();
        ifUnchanged("\"other+xml\"").expectStatus().isEqualTo(412);
    }

    @Test
    void leavesTheBytesOfAFileAsTheyAre() {
        HttpHeaders headers = get("/api/v1/file", "application/xml")
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .isEqualTo("{ }")
                .returnResult()
                .getResponseHeaders();

        assertThat(headers.getFirst("Content-Type")).isEqualTo("application/json");
        assertThat(headers.getETag()).isEqualTo("\"file\"");
        assertThat(headers.getVary()).doesNotContain("Accept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"image/png", ";;;", "application/xml;q=0", "a/b/c", "xml"})
    void refusesAnAcceptThatNothingMeets(String accept) throws IOException {
        String answer = RawHttp.exchange(port(), head(THING, "Accept: " + accept), out -> {});

        assertThat(answer).startsWith("HTTP/1.1 406 ").contains("application/json", "application/xml");
    }

    @Test
    void refusesAnAcceptOfAHundredKilobytes() throws IOException {
        String answer = RawHttp.exchange(port(), head(THING, "Accept: " + "application/xml,".repeat(6_400)), out -> {});

        assertThat(answer).matches("(?s)HTTP/1.1 4\\d\\d .*");
    }

    @Test
    void leavesWhatIsNotOfTheApiAlone() {
        anonymous()
                .post()
                .uri("/token")
                .contentType(MediaType.APPLICATION_XML)
                .bodyValue("<json/>")
                .exchange()
                .expectHeader()
                .doesNotExist("Vary");
    }

    private ResponseSpec get(String path, String accept) {
        return ann().get().uri(path).header("Accept", accept).exchange();
    }

    private ResponseSpec unlessChanged(String accept, String tags) {
        return ann().get()
                .uri(THING)
                .header("Accept", accept)
                .header("If-None-Match", tags)
                .exchange();
    }

    private ResponseSpec ifUnchanged(String tags) {
        return ann().delete().uri(THING).header("If-Match", tags).exchange();
    }

    private ResponseSpec post(String path, String type, String body) {
        return ann().post()
                .uri(path)
                .header("Content-Type", type)
                .bodyValue(body.getBytes(StandardCharsets.UTF_8))
                .exchange();
    }

    private static String head(String path, String headers) {
        return "GET " + path + " HTTP/1.1\nHost: localhost\nAuthorization: Bearer " + TOKENS.of("ann@example.org")
                + "\n" + headers;
    }
}
