package io.sluice.modelservice.dpk;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version in the order of Semantic Versioning 2.0.0, without build metadata, which has no order.
 *
 * @param preRelease what stands behind the hyphen; empty for a release
 */
record SemanticVersion(int major, int minor, int patch, String preRelease) {

    static final SemanticVersion FIRST = new SemanticVersion(1, 0, 0, "");
    static final int LONGEST = 100;

    private static final String NUMBER = "(0|[1-9]\\d{0,8})";
    private static final String IDENTIFIER = "(?:\\d*+[A-Za-z-][0-9A-Za-z-]*+|0|[1-9]\\d*+)";
    private static final Pattern VERSION = Pattern.compile(
            NUMBER + "\\." + NUMBER + "\\." + NUMBER + "(?:-(" + IDENTIFIER + "(?:\\." + IDENTIFIER + ")*+))?");

    /** Empty when the text is none. */
    static Optional<SemanticVersion> of(String text) {
        Matcher matcher = VERSION.matcher(text);
        return text.length() <= LONGEST && matcher.matches()
                ? Optional.of(new SemanticVersion(
                        Integer.parseInt(matcher.group(1)),
                        Integer.parseInt(matcher.group(2)),
                        Integer.parseInt(matcher.group(3)),
                        matcher.group(4) == null ? "" : matcher.group(4)))
                : Optional.empty();
    }

    /** The release after this one that changes least. */
    SemanticVersion next() {
        return new SemanticVersion(major, minor, preRelease.isEmpty() ? patch + 1 : patch, "");
    }

    /** Texts that are in order, byte by byte, as the versions are. */
    String order() {
        StringBuilder order = new StringBuilder("%09d.%09d.%09d".formatted(major, minor, patch));
        if (preRelease.isEmpty()) {
            return order.append('~').toString();
        }
        order.append('-');
        for (String identifier : preRelease.split("\\.")) {
            boolean isNumber = identifier.chars().allMatch(Character::isDigit);
            // A number is before all that is none, and a longer one after a shorter one.
            order.append(isNumber ? "0%03d".formatted(identifier.length()) : "1")
                    .append(identifier)
                    .append('!');
        }
        return order.toString();
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch + (preRelease.isEmpty() ? "" : "-" + preRelease);
    }
}
