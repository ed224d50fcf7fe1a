package io.sluice.kit.observation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

/** The cases of W3C Trace Context §3.2 and §4.3. */
class TraceTests {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00-" + TRACE + "-" + SPAN + "-01",
                "00-" + TRACE + "-" + SPAN + "-03",
                "01-" + TRACE + "-" + SPAN + "-01-of-the-future"
            })
    void goesOnWithTheTraceOfTheClient(String parent) {
        HttpHeaders headers = new HttpHeaders();
        headers.set("traceparent", parent);
        headers.add("tracestate", "a=1");
        headers.add("tracestate", "b=2");

        Trace trace = Trace.of(headers, 0);
        HttpHeaders told = new HttpHeaders();
        trace.tellIn(told);

        assertThat(trace.traceId()).isEqualTo(TRACE);
        assertThat(trace.parentId()).isEqualTo(SPAN);
        assertThat(trace.spanId()).matches("[0-9a-f]{16}").isNotEqualTo(SPAN);
        assertThat(told.getFirst("traceparent")).isEqualTo("00-" + TRACE + "-" + trace.spanId() + "-01");
        assertThat(told.getFirst("tracestate")).isEqualTo("a=1,b=2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "ff-" + TRACE + "-" + SPAN + "-01",
                "00-" + TRACE + "-" + SPAN + "-01-more",
                "01-" + TRACE + "-" + SPAN + "-01more",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
                "00-00000000000000000000000000000000-" + SPAN + "-01",
                "00-" + TRACE + "-0000000000000000-01",
                "00-" + TRACE + "-" + SPAN + "-0g"
            })
    void beginsATraceWhereTheClientsIsNone(String parent) {
        HttpHeaders headers = new HttpHeaders();
        headers.set("traceparent", parent);
        headers.set("tracestate", "a=1");

        Trace trace = Trace.of(headers, 1);
        HttpHeaders told = new HttpHeaders();
        told.set("tracestate", "a=1");
        trace.tellIn(told);

        assertThat(trace.parentId()).isNull();
        assertThat(told.getFirst("traceparent")).matches("00-(?!" + TRACE + ")[0-9a-f]{32}-[0-9a-f]{16}-01");
        assertThat(told.containsHeader("tracestate")).isFalse();
    }

    @Test
    void believesNoneOfTwo() {
        HttpHeaders headers = new HttpHeaders();
        headers.add("traceparent", "00-" + TRACE + "-" + SPAN + "-01");
        headers.add("traceparent", "00-" + TRACE + "-" + SPAN + "-01");

        assertThat(Trace.of(headers, 0).parentId()).isNull();
        assertThat(Trace.of(headers, 0).isSampled()).isFalse();
    }
}
