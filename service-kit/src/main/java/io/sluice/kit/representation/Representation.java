package io.sluice.kit.representation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.MimeType;

/** A form in which an answer may be had. */
enum Representation {
    JSON(MediaType.APPLICATION_JSON),
    XML(MediaType.APPLICATION_XML),
    /** One entry of a list a line. */
    LINES(MediaType.APPLICATION_NDJSON),
    CSV(new MediaType("text", "csv", StandardCharsets.UTF_8));

    private final MediaType type;

    Representation(MediaType type) {
        this.type = type;
    }

    /** What an answer of this form says it is. */
    MediaType type() {
        return type;
    }

    /**
     * The form that a request asks for by {@code Accept} (RFC 9110 §12.5.1): that of the higher quality; of equal ones that
     * which is named, else JSON. Who asks for HTML at least as much is a browser, and gets JSON. So does who asks for
     * nothing of ours, or in a way that cannot be read: what follows from that is decided where it always was.
     */
    static Representation preferredBy(HttpHeaders request) {
        List<String> said = request.getOrEmpty(HttpHeaders.ACCEPT);
        if (said.stream().noneMatch(value -> mayMeanAnother(value.toLowerCase(Locale.ROOT)))) {
            return JSON;
        }
        try {
            return preferred(request.getAccept());
        } catch (InvalidMediaTypeException unreadable) {
            return JSON;
        }
    }

    /** Nearly no request does, and those that do not are not read any further. */
    private static boolean mayMeanAnother(String accept) {
        return Stream.of("xml", "ndjson", "csv", "q=0").anyMatch(accept::contains);
    }

    private static Representation preferred(List<MediaType> accepted) {
        Representation best = JSON;
        for (Representation other : values()) {
            int difference = Double.compare(other.quality(accepted), best.quality(accepted));
            if (difference > 0 || difference == 0 && other.isNamed(accepted) && !best.isNamed(accepted)) {
                best = other;
            }
        }
        return best.quality(accepted) == 0 || isBrowser(accepted, best.quality(accepted)) ? JSON : best;
    }

    private static boolean isBrowser(List<MediaType> accepted, double quality) {
        return JSON.quality(accepted) > 0
                && accepted.stream()
                        .anyMatch(range ->
                                MediaType.TEXT_HTML.equalsTypeAndSubtype(range) && range.getQualityValue() >= quality);
    }

    /** That of the most specific range that this form falls in; 0 when it is in none. Forms of lists must be named. */
    private double quality(List<MediaType> accepted) {
        if ((this == LINES || this == CSV) && !isNamed(accepted)) {
            return 0;
        }
        return accepted.stream()
                .filter(range -> range.includes(type))
                .reduce((one, other) -> specificity(other) > specificity(one) ? other : one)
                .map(MediaType::getQualityValue)
                .orElse(0.0);
    }

    private static int specificity(MimeType range) {
        return range.isWildcardType() ? 0 : range.isWildcardSubtype() ? 1 : 2;
    }

    private boolean isNamed(List<MediaType> accepted) {
        return accepted.stream().anyMatch(type::equalsTypeAndSubtype);
    }

    /** The same wish to a handler that knows JSON only. */
    static List<MediaType> inJson(List<MediaType> accepted) {
        List<MediaType> wish = new ArrayList<>();
        wish.add(MediaType.APPLICATION_JSON);
        accepted.stream()
                .filter(range -> Stream.of(values()).noneMatch(form -> form.type.equalsTypeAndSubtype(range)))
                .forEach(wish::add);
        return wish;
    }
}
