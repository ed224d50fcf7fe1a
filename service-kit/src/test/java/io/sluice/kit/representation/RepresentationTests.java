package io.sluice.kit.representation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpHeaders;

class RepresentationTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/xml | XML",
                "APPLICATION/XML; charset=utf-8 | XML",
                "application/xml, */* | XML",
                "application/xml;q=0.9, application/json;q=0.8 | XML",
                "application/xml;q=0.9, */*;q=0.8 | XML",
                "application/xml;q=0.001, application/json;q=0 | XML",
                "*/*, application/json;q=0 | XML",
                "application/*, application/json;q=0.1 | XML",
                "application/json;q=0.5, application/*;q=0.9 | XML",
                "application/x-ndjson | LINES",
                "application/x-ndjson;q=0.9, application/json;q=0.8 | LINES",
                "text/csv | CSV",
                "text/csv, */*;q=0.8 | CSV",
                "text/csv, application/xml;q=0.9 | CSV",
                "text/* | JSON",
                "application/json, text/csv | JSON",
                "application/json | JSON",
                "*/* | JSON",
                "application/* | JSON",
                "application/json, application/xml | JSON",
                "application/xml, application/json | JSON",
                "application/xml;q=0.8, application/json;q=0.9 | JSON",
                "application/xml;q=0.8, */*;q=0.9 | JSON",
                "application/xml;q=0 | JSON",
                "application/xml;q=0, */* | JSON",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | JSON",
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7 | JSON",
                "image/svg+xml | JSON",
                "text/xml | JSON",
                "image/png | JSON",
                "xml | JSON",
                "application/xml;q=high | JSON",
                ";;;xml,,, | JSON"
            })
    void goesByWhatTheClientPrefers(String accept, Representation expected) {
        assertThat(Representation.preferredBy(accepting(accept))).isEqualTo(expected);
    }

    @Test
    void isJsonForThoseWhoDoNotCare() {
        assertThat(Representation.preferredBy(new HttpHeaders())).isEqualTo(Representation.JSON);
        assertThat(Representation.preferredBy(accepting(""))).isEqualTo(Representation.JSON);
    }

    @Test
    void readsSeveralLinesAsOne() {
        HttpHeaders headers = accepting("application/json;q=0.5");
        headers.add(HttpHeaders.ACCEPT, "application/xml");

        assertThat(Representation.preferredBy(headers)).isEqualTo(Representation.XML);
    }

    @Test
    void isNotImpressedByTenThousandTypes() {
        String flood = IntStream.range(0, 10_000)
                .mapToObj(number -> "application/xml" + number + ";q=0." + number % 10)
                .collect(Collectors.joining(","));

        assertThat(Representation.preferredBy(accepting(flood))).isEqualTo(Representation.JSON);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/xml | application/json",
                "application/xml;q=0.9, application/json;q=0.1, text/csv;q=0.2, image/png;q=0.2 | application/json, image/png;q=0.2",
                "application/xml, */*;q=0.1 | application/json, */*;q=0.1"
            })
    void asksAHandlerForJsonInItsPlace(String accept, String expected) {
        assertThat(Representation.inJson(accepting(accept).getAccept())).hasToString("[" + expected + "]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"a\" | \"a+xml\"",
                "W/\"a\" | W/\"a+xml\"",
                "\"a+xml\" | \"a+xml\"",
            })
    void givesTheXmlATagOfItsOwn(String json, String xml) {
        assertThat(EntityTags.of(Representation.XML, json)).isEqualTo(xml);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"\"a+xml\" | \"a\"", "\"a+xml\", \"b\" | \"a\", \"b\"", "\"a\" | \"a\"", "* | *"})
    void takesAChangeOnTheStateThatEitherFormShowed(String given, String expected) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.IF_MATCH, given);

        EntityTags.statesOf(headers);

        assertThat(headers.getFirst(HttpHeaders.IF_MATCH)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "\"a+xml\" | \"a\"",
                "\"a\", W/\"b+xml\", \"c+xml\" | W/\"b\", \"c\"",
                "\"a\" | none",
                "\"unfinished+xml | none",
                "* | *"
            })
    void takesAJsonForNoCopyOfTheXml(String given, String expected) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.IF_NONE_MATCH, given);

        EntityTags.copiesOf(Representation.XML, headers);

        assertThat(headers.getFirst(HttpHeaders.IF_NONE_MATCH)).isEqualTo(expected);
    }

    private static HttpHeaders accepting(String accept) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.ACCEPT, accept);
        return headers;
    }
}
