package io.sluice.kit.link;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** What the answers of a {@link Retiring} operation say about that. */
final class Retirement {

    private static final String DEPRECATION = "Deprecation";
    private static final String SUNSET = "Sunset";

    private Retirement() {}

    static void tell(@Nullable Retiring retiring, String gate, HttpHeaders headers, List<Link> links) {
        if (retiring == null) {
            return;
        }
        headers.set(DEPRECATION, "@" + beginOf(retiring.since()).toEpochSecond());
        if (!retiring.until().isEmpty()) {
            headers.setZonedDateTime(SUNSET, beginOf(retiring.until()));
        }
        if (!retiring.successor().isEmpty()) {
            links.add(new Link(gate + retiring.successor(), "successor-version"));
        }
    }

    private static ZonedDateTime beginOf(String day) {
        return LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC);
    }
}
