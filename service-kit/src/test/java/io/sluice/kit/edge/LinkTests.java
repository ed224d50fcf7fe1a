package io.sluice.kit.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

class LinkTests extends EdgeContract {

    private static final Pattern LINK = Pattern.compile("<([^<>\"\\s]+)>; rel=\"([a-z]+)\"");
    private static final String PARTS = "/api/v1/parts";
    private static final String DOCUMENT = "/api/v1/docs/openapi.json";

    @Test
    void aThingNamesItselfItsListAndWhatDescribesIt() {
        assertThat(links(HttpMethod.GET, PARTS + "/7"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("self", PARTS + "/7", "collection", PARTS, "describedby", DOCUMENT));
    }

    @Test
    void theHeadHasTheLinksOfTheWhole() {
        assertThat(links(HttpMethod.HEAD, PARTS + "/7")).isEqualTo(links(HttpMethod.GET, PARTS + "/7"));
        assertThat(links(HttpMethod.HEAD, PARTS)).isEqualTo(links(HttpMethod.GET, PARTS));
    }

    @Test
    void aThingWithoutAListNamesNone() {
        assertThat(links(HttpMethod.GET, "/api/v1/numbers?number=1"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("self", "/api/v1/numbers?number=1", "describedby", DOCUMENT));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "''                          | ?pageOffset=0                     | -                        | ?pageOffset=1",
                "?pageOffset=                | ?pageOffset=0                     | -                        | ?pageOffset=1",
                "?pageOffset=1               | ?pageOffset=0                     | ?pageOffset=0            | ?pageOffset=2",
                "?pageOffset=2               | ?pageOffset=0                     | ?pageOffset=1            | -",
                "?pageOffset=99              | ?pageOffset=0                     | ?pageOffset=2            | -",
                "?pageSize=25                | ?pageSize=25&pageOffset=0         | -                        | -",
                "?pageSize=5&pageOffset=4    | ?pageSize=5&pageOffset=0          | ?pageSize=5&pageOffset=3 | -",
                "?page%4Fffset=1&x           | ?x&pageOffset=0                   | ?x&pageOffset=0          | ?x&pageOffset=2",
                "?pageSize=0                 | -                                 | -                        | -"
            })
    void aPageNamesThePagesBesideIt(String query, String first, String previous, String next) {
        Map<String, String> links = links(HttpMethod.GET, PARTS + query);

        assertThat(links).containsEntry("self", PARTS + query).doesNotContainKey("collection");
        assertThat(links.get("first")).isEqualTo(first == null ? null : PARTS + first);
        assertThat(links.get("prev")).isEqualTo(previous == null ? null : PARTS + previous);
        assertThat(links.get("next")).isEqualTo(next == null ? null : PARTS + next);
    }

    @Test
    void otherParametersStayAsTheyCame() {
        String query = "?name=a%26b+c%C3%BC&pageOffset=0&name=%3Cx%3E%22&x=1,2;3&empty=&pageSize=10";

        assertThat(links(HttpMethod.GET, PARTS + query))
                .containsEntry("self", PARTS + query)
                .containsEntry(
                        "next", PARTS + "?name=a%26b+c%C3%BC&name=%3Cx%3E%22&x=1,2;3&empty=&pageSize=10&pageOffset=1");
    }

    @Test
    void theLastPageIsReachedByFollowingNext() {
        String at = PARTS + "?pageSize=4";
        int pages = 0;
        while (at != null) {
            at = links(HttpMethod.GET, at).get("next");
            pages++;
        }

        assertThat(pages).isEqualTo(7);
    }

    @Test
    void aQueryInABodyHasNoAddressForItsPages() {
        assertThat(links(HttpMethod.POST, PARTS + "/query"))
                .containsExactlyInAnyOrderEntriesOf(Map.of("describedby", DOCUMENT));
    }

    @Test
    void whatIsMadeIsNamed() {
        assertThat(links(HttpMethod.POST, PARTS))
                .containsExactlyInAnyOrderEntriesOf(Map.of("self", PARTS + "/new", "describedby", DOCUMENT));
    }

    @Test
    void aChangeNamesTheThingWhenItShowsIt() {
        assertThat(links(HttpMethod.PATCH, PARTS + "/7?system=true"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("self", PARTS + "/7", "collection", PARTS, "describedby", DOCUMENT));
        assertThat(links(HttpMethod.PATCH, PARTS + "/7/unlock"))
                .containsExactlyInAnyOrderEntriesOf(Map.of("describedby", DOCUMENT));
        assertThat(links(HttpMethod.DELETE, PARTS + "/7"))
                .containsExactlyInAnyOrderEntriesOf(Map.of("describedby", DOCUMENT));
    }

    @Test
    void aNameKeepsItsSpelling() {
        assertThat(links(HttpMethod.GET, PARTS + "/a%2Fb%20%C3%BC%22%3E"))
                .containsEntry("self", PARTS + "/a%2Fb%20%C3%BC%22%3E")
                .containsEntry("collection", PARTS);
    }

    @Test
    void linksStartWhereTheClientCameIn() {
        String header = ann().get()
                .uri(PARTS + "/7")
                .header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-Host", "data.example.org")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseHeaders()
                .getFirst(HttpHeaders.LINK);

        assertThat(header).contains("<https://data.example.org" + PARTS + "/7>; rel=\"self\"");
    }

    @Test
    void anAddressThatCannotBeReadIsNotBelieved() {
        ann().get()
                .uri(PARTS + "/7")
                .header("X-Forwarded-Host", "data.example.org")
                .header("X-Forwarded-Port", "none")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .value(
                        HttpHeaders.LINK,
                        link -> assertThat(link).contains("<" + address() + PARTS + "/7>; rel=\"self\""));
    }

    @Test
    void aLongQueryIsNotRepeated() {
        assertThat(links(HttpMethod.GET, PARTS + "?x=" + "y".repeat(1_500)))
                .containsExactlyInAnyOrderEntriesOf(Map.of("describedby", DOCUMENT));
    }

    @Test
    void whatFailsOrHasNotChangedHasNoLinks() {
        assertNoLinks(send(HttpMethod.GET, PARTS + "/unknown"), 404);
        assertNoLinks(send(HttpMethod.GET, "/api/v1/nothing"), 404);
        assertNoLinks(send(HttpMethod.GET, "/api/v1/broken-later"), 500);
        String tag = Objects.requireNonNull(send(HttpMethod.GET, PARTS + "/7")
                .returnResult(Void.class)
                .getResponseHeaders()
                .getETag());
        assertNoLinks(
                ann().get()
                        .uri(PARTS + "/7")
                        .header(HttpHeaders.IF_NONE_MATCH, tag)
                        .exchange(),
                304);
    }

    /** The address in them is the one that the first client said it used. */
    @Test
    void whatSharedCachesMayKeepHasNoLinks() {
        assertNoLinks(send(HttpMethod.GET, PARTS + "/picture"), 200);
    }

    @Test
    void theInsideHasNoLinks() {
        assertNoLinks(
                client(TOKENS.service("dataset-service", "item-service"))
                        .get()
                        .uri("/internal/things")
                        .exchange(),
                200);
    }

    private static void assertNoLinks(ResponseSpec answer, int status) {
        answer.expectStatus().isEqualTo(status).expectHeader().doesNotExist(HttpHeaders.LINK);
    }

    /** The links of a successful answer, by relation, without the address of the service. */
    private Map<String, String> links(HttpMethod method, String uri) {
        HttpHeaders headers = send(method, uri)
                .expectStatus()
                .is2xxSuccessful()
                .expectBody()
                .returnResult()
                .getResponseHeaders();
        String header = Objects.requireNonNull(headers.getFirst(HttpHeaders.LINK));
        assertThat(headers.get(HttpHeaders.LINK)).hasSize(1);
        assertThat(header).matches(LINK + "(, " + LINK + ")*");
        Map<String, String> links = new LinkedHashMap<>();
        LINK.matcher(header).results().forEach(link -> {
            assertThat(link.group(1)).startsWith(address() + "/");
            assertThat(links.put(
                            link.group(2), link.group(1).substring(address().length())))
                    .isNull();
        });
        return links;
    }

    private ResponseSpec send(HttpMethod method, String uri) {
        var request = ann().method(method).uri(URI.create(address() + uri));
        return method == HttpMethod.PATCH
                ? request.contentType(MediaType.APPLICATION_JSON)
                        .bodyValue("{}")
                        .exchange()
                : request.exchange();
    }

    private String address() {
        return "http://127.0.0.1:" + port();
    }
}
