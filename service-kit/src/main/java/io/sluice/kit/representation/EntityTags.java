package io.sluice.kit.representation;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/**
 * Entity tags of the XML of a resource. Two forms need two strong tags (RFC 9110 §8.8.3); that of the XML is that of the
 * JSON with {@code +xml} at its end, which no tag of ours has otherwise. Handlers know the tag of the JSON only.
 */
final class EntityTags {

    private static final String END = "+xml\"";

    private static final Pattern TAG = Pattern.compile("(?:W/)?\"[^\"]*+\"");

    private EntityTags() {}

    /** The tag of the XML. */
    static String ofXml(String tag) {
        return tag.endsWith("\"") && !tag.endsWith(END) ? tag.substring(0, tag.length() - 1) + END : tag;
    }

    /** Whether a change is asked for on the state that an XML showed. */
    static boolean areOfXml(HttpHeaders request) {
        return request.getOrEmpty(HttpHeaders.IF_MATCH).stream().anyMatch(value -> value.contains(END));
    }

    /** A change is asked for on the state that either form showed: {@code If-Match} in terms of the JSON. */
    static void statesOf(HttpHeaders request) {
        List<String> given = request.getOrEmpty(HttpHeaders.IF_MATCH);
        if (!given.isEmpty()) {
            request.put(
                    HttpHeaders.IF_MATCH,
                    given.stream().map(value -> value.replace(END, "\"")).toList());
        }
    }

    /** Who asks for XML has a fresh copy of it only by the tag of the XML: {@code If-None-Match} without those of the JSON. */
    static void copiesOfXml(HttpHeaders request) {
        List<String> given = request.getOrEmpty(HttpHeaders.IF_NONE_MATCH);
        if (given.isEmpty() || given.equals(List.of("*"))) {
            return;
        }
        List<String> tags = given.stream()
                .flatMap(value -> TAG.matcher(value).results())
                .map(MatchResult::group)
                .filter(tag -> tag.endsWith(END))
                .map(tag -> tag.replace(END, "\""))
                .toList();
        if (tags.isEmpty()) {
            request.remove(HttpHeaders.IF_NONE_MATCH);
        } else {
            request.set(HttpHeaders.IF_NONE_MATCH, String.join(", ", tags));
        }
    }
}
