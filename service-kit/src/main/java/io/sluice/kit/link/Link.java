package io.sluice.kit.link;

import java.util.List;
import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;

/**
 * One link of an answer (RFC 8288 §3).
 *
 * @param target an absolute URL
 * @param relation what the target is to the answer, a registered relation such as {@code collection}
 */
public record Link(String target, String relation) {

    /**
     * Longest target that is told, in characters. All links of an answer share one line of its head, and widespread
     * clients take 8,190 characters a line; who sends a longer query knows it.
     */
    static final int LONGEST_TARGET = 1_500;

    /** Behind the links that the answer has already, which know better. */
    static void add(HttpHeaders headers, List<Link> links) {
        String before = String.join(", ", headers.getOrEmpty(HttpHeaders.LINK));
        String own = links.stream()
                .filter(link -> link.target.length() <= LONGEST_TARGET && !before.contains(link.parameter()))
                .map(Link::toString)
                .collect(Collectors.joining(", "));
        if (!own.isEmpty()) {
            headers.set(HttpHeaders.LINK, before.isEmpty() ? own : before + ", " + own);
        }
    }

    /** As it stands in the header. What would end the target is written in percent. */
    @Override
    public String toString() {
        return "<" + target.replace("<", "%3C").replace(">", "%3E").replace("\"", "%22") + ">; " + parameter();
    }

    private String parameter() {
        return "rel=\"" + relation + "\"";
    }
}
