package io.sluice.kit.idempotency;

import io.sluice.kit.error.Problem;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client calls one request by, so that a repeat of it is known (draft-ietf-httpapi-idempotency-key-header).
 *
 * @param value 1–255 visible ASCII characters, without the quotes of the header
 */
record IdempotencyKey(String value) {

    static final String HEADER = "Idempotency-Key";

    /** A string of RFC 9651 §3.3.3, in which only quotes and backslashes are escaped. */
    private static final Pattern QUOTED = Pattern.compile("\"((?:[!#-\\[\\]-~]|\\\\[\"\\\\]){1,255})\"");

    /** What most clients send. A comma would be a second value, a semicolon a parameter. */
    private static final Pattern BARE = Pattern.compile("[!#-+\\--:<-\\[\\]-~]{1,255}");

    private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");

    /**
     * @param lines the values of the header
     * @throws org.springframework.web.ErrorResponseException {@link Problem#VALIDATION_FAILED}
     */
    static IdempotencyKey of(List<String> lines) {
        String line = lines.size() == 1 ? lines.get(0).strip() : "";
        if (BARE.matcher(line).matches()) {
            return new IdempotencyKey(line);
        }
        Matcher quoted = QUOTED.matcher(line);
        if (!quoted.matches()) {
            throw Problem.VALIDATION_FAILED.at(
                    HEADER, "must come once and have 1 to 255 visible ASCII characters, best in double quotes");
        }
        return new IdempotencyKey(ESCAPED.matcher(quoted.group(1)).replaceAll("$1"));
    }
}
