package io.sluice.datasetservice.ontology;

import io.sluice.kit.error.Problem;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The colours of labels. Clients get {@code #rrggbb} only: the SDK draws with nothing else (contract ml §0, 13). */
final class LabelColor {

    private static final Pattern LONG = Pattern.compile("#[0-9a-f]{6}");
    private static final Pattern SHORT = Pattern.compile("#([0-9a-f])([0-9a-f])([0-9a-f])");
    private static final Pattern RGB =
            Pattern.compile("rgb\\( {0,3}(\\d{1,3}) {0,3}, {0,3}(\\d{1,3}) {0,3}, {0,3}(\\d{1,3}) {0,3}\\)");

    private static final int LARGEST_PART = 255;
    private static final int ANY_COLOR = 0xffffff;

    /** Spreads the hashes of names that look alike (Knuth's multiplicative hashing). */
    private static final int SPREAD = 0x9E3779B1;

    private LabelColor() {}

    /** {@code #rrggbb} out of that, {@code #rgb}, {@code rgb(r, g, b)} or a list of three numbers. */
    static String of(String field, Object given) {
        if (given instanceof String text) {
            String color = text.toLowerCase(Locale.ROOT);
            if (LONG.matcher(color).matches()) {
                return color;
            }
            Matcher abbreviated = SHORT.matcher(color);
            if (abbreviated.matches()) {
                return abbreviated.replaceAll("#$1$1$2$2$3$3");
            }
            Matcher parts = RGB.matcher(color);
            if (parts.matches()) {
                return hex(
                        field,
                        List.of(
                                Integer.valueOf(parts.group(1)),
                                Integer.valueOf(parts.group(2)),
                                Integer.valueOf(parts.group(3))));
            }
        } else if (given instanceof List<?> parts) {
            return hex(field, parts);
        }
        throw wrong(field);
    }

    private static String hex(String field, List<?> parts) {
        if (parts.size() != 3 || !parts.stream().allMatch(LabelColor::isPart)) {
            throw wrong(field);
        }
        return "#%02x%02x%02x".formatted(parts.toArray());
    }

    private static boolean isPart(@Nullable Object part) {
        return part instanceof Integer number && number >= 0 && number <= LARGEST_PART;
    }

    private static RuntimeException wrong(String field) {
        return Problem.VALIDATION_FAILED.at(field, "must be a colour such as #3452eb");
    }

    /** The colour of a label that nobody has chosen one for: always the same, so that a repeated request changes nothing. */
    static String anyFor(String path) {
        return "#%06x".formatted((path.hashCode() * SPREAD >>> 8) & ANY_COLOR);
    }
}
