package io.sluice.gateway.compression;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which answers are compressed: texts that we write, of {@link #SMALLEST} or more. Never the bytes of items, which are
 * media, or wanted in ranges; and never what answers with a token, because the length of a compressed secret tells of it
 * whatever the client can put beside it (BREACH).
 */
final class Compressible {

    /** Below so many bytes the head of the answer is most of what is sent. */
    static final int SMALLEST = 2_048;

    private static final Pattern TEXT =
            Pattern.compile("(application/(json|problem\\+json|xml|problem\\+xml|x-ndjson|javascript|typescript)"
                    + "|text/(html|css|csv|plain|javascript))(;.*)?");
    private static final Pattern SECRET = Pattern.compile("/(token|login|oauth2)(/.*)?");
    private static final Pattern CODING =
            Pattern.compile("\\s*([a-z*-]+)\\s*(?:;\\s*q\\s*=\\s*([01](?:\\.\\d{0,3})?)\\s*)?");

    private static final int MOST_CODINGS = 20;

    private Compressible() {}

    /**
     * Whether an answer would be compressed for a client that asks for it.
     *
     * @param path of the request
     * @param type of the answer; null when it has no body
     * @param length of the answer in bytes; negative when nobody knows yet
     * @param isOther whether {@link #isOther} holds of it
     */
    static boolean isText(String path, @Nullable String type, long length, boolean isOther) {
        return !isOther
                && type != null
                && (length < 0 || length >= SMALLEST)
                && TEXT.matcher(type.toLowerCase(Locale.ROOT)).matches()
                && !SECRET.matcher(path).matches();
    }

    /** Whether it can be had in parts, is one, or is encoded already. */
    static boolean isOther(Predicate<String> hasHeader) {
        return hasHeader.test("Accept-Ranges") || hasHeader.test("Content-Range") || hasHeader.test("Content-Encoding");
    }

    /**
     * Whether a client takes gzip (RFC 9110 §12.5.3), and names nothing that the server's codec would rather send: then
     * the answer stays as it is.
     */
    static boolean takesGzip(List<String> acceptEncoding) {
        Map<String, Double> weights = new HashMap<>();
        for (String coding : String.join(",", acceptEncoding).split(",", MOST_CODINGS)) {
            Matcher wish = CODING.matcher(coding);
            if (wish.matches()) {
                weights.put(wish.group(1), wish.group(2) == null ? 1 : Double.parseDouble(wish.group(2)));
            }
        }
        double gzip = weights.getOrDefault("gzip", 0.0);
        return gzip > 0 && !weights.containsKey("snappy") && weights.getOrDefault("deflate", 0.0) <= gzip;
    }
}
