package io.sluice.kit.representation;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/**
 * Entity tags of the other forms of a resource. Two forms need two strong tags (RFC 9110 §8.8.3); that of the XML is that of
 * the JSON with {@code +xml} at its end, which no tag of ours has otherwise. Handlers know the tag of the JSON only.
 */
final class EntityTags {

    private static final Pattern TAG = Pattern.compile("(?:W/)?\"[^\"]*+\"");
    private static final Pattern END = Pattern.compile("\\+(?:xml|x-ndjson|csv)\"");

    private EntityTags() {}

    /** The tag of another form than JSON. */
    static String of(Representation form, String tag) {
        return tag.endsWith("\"") && !tag.endsWith(end(form)) ? tag.substring(0, tag.length() - 1) + end(form) : tag;
    }

    private static String end(Representation form) {
        return "+" + form.type().getSubtype() + "\"";
    }

    /** Whether a change is asked for on the state that another form than JSON showed. */
    static boolean areOfOthers(HttpHeaders request) {
        return request.getOrEmpty(HttpHeaders.IF_MATCH).stream()
                .anyMatch(value -> END.matcher(value).find());
    }

    /** A change is asked for on the state that any form showed: {@code If-Match} in terms of the JSON. */
    static void statesOf(HttpHeaders request) {
        List<String> given = request.getOrEmpty(HttpHeaders.IF_MATCH);
        if (!given.isEmpty()) {
            request.put(
                    HttpHeaders.IF_MATCH,
                    given.stream()
                            .map(value -> END.matcher(value).replaceAll("\""))
                            .toList());
        }
    }

    /** Who asks for a form has a fresh copy of it only by the tag of that form: {@code If-None-Match} without the others. */
    static void copiesOf(Representation form, HttpHeaders request) {
        List<String> given = request.getOrEmpty(HttpHeaders.IF_NONE_MATCH);
        if (given.isEmpty() || given.equals(List.of("*"))) {
            return;
        }
        List<String> tags = given.stream()
                .flatMap(value -> TAG.matcher(value).results())
                .map(MatchResult::group)
                .filter(tag -> tag.endsWith(end(form)))
                .map(tag -> tag.replace(end(form), "\""))
                .toList();
        if (tags.isEmpty()) {
            request.remove(HttpHeaders.IF_NONE_MATCH);
        } else {
            request.set(HttpHeaders.IF_NONE_MATCH, String.join(", ", tags));
        }
    }
}
