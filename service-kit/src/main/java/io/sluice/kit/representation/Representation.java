package io.sluice.kit.representation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.MimeType;

/** A form in which an answer may be had. */
enum Representation {
    JSON(MediaType.APPLICATION_JSON, MediaType.APPLICATION_PROBLEM_JSON),
    XML(MediaType.APPLICATION_XML, MediaType.APPLICATION_PROBLEM_XML);

    private final MediaType type;
    private final MediaType problemType;

    Representation(MediaType type, MediaType problemType) {
        this.type = type;
        this.problemType = problemType;
    }

    /** What an answer of this form says it is. */
    MediaType type() {
        return type;
    }

    /** What a failure of this form says it is. */
    MediaType problemType() {
        return problemType;
    }

    /**
     * The form that a request asks for by {@code Accept} (RFC 9110 §12.5.1): that of the higher quality; of equal ones that
     * which is named, else JSON. Who asks for HTML at least as much is a browser, and gets JSON. So does who asks for
     * nothing of ours, or in a way that cannot be read: what follows from that is decided where it always was.
     */
    static Representation preferredBy(HttpHeaders request) {
        List<String> said = request.getOrEmpty(HttpHeaders.ACCEPT);
        if (said.stream().noneMatch(value -> mayMeanXml(value.toLowerCase(Locale.ROOT)))) {
            return JSON;
        }
        try {
            return preferred(request.getAccept());
        } catch (InvalidMediaTypeException unreadable) {
            return JSON;
        }
    }

    /** Nearly no request does, and those that do not are not read any further. */
    private static boolean mayMeanXml(String accept) {
        return accept.contains("xml") || accept.contains("q=0");
    }

    private static Representation preferred(List<MediaType> accepted) {
        double json = JSON.quality(accepted);
        double xml = XML.quality(accepted);
        boolean isBrowser = json > 0
                && accepted.stream()
                        .anyMatch(range ->
                                MediaType.TEXT_HTML.equalsTypeAndSubtype(range) && range.getQualityValue() >= xml);
        if (xml == 0 || xml < json || isBrowser) {
            return JSON;
        }
        return xml > json || XML.isNamed(accepted) && !JSON.isNamed(accepted) ? XML : JSON;
    }

    /** That of the most specific range that this form falls in; 0 when it is in none. */
    private double quality(List<MediaType> accepted) {
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
                .filter(range -> !range.equalsTypeAndSubtype(MediaType.APPLICATION_JSON))
                .filter(range -> !range.equalsTypeAndSubtype(MediaType.APPLICATION_XML))
                .forEach(wish::add);
        return wish;
    }
}
