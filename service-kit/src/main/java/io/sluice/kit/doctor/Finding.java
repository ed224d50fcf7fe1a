package io.sluice.kit.doctor;

import org.jspecify.annotations.Nullable;

/**
 * What somebody has looked at, and how it is.
 *
 * @param check what it is, such as {@code disk}
 * @param text how it is, in a line
 * @param advice what to do about it; null when there is nothing to do
 */
public record Finding(
        String check, Level level, String text, @Nullable String advice) {

    /** How bad it is. */
    public enum Level {
        OK,
        WARN,
        FAIL
    }

    public static Finding ok(String check, String text) {
        return new Finding(check, Level.OK, text, null);
    }

    /** It works, but not for long or not well. */
    public static Finding warn(String check, String text, String advice) {
        return new Finding(check, Level.WARN, text, advice);
    }

    /** It does not work, or loses data. */
    public static Finding fail(String check, String text, String advice) {
        return new Finding(check, Level.FAIL, text, advice);
    }

    /** The same, said of a part of the platform. */
    public Finding of(String part) {
        return new Finding(part + " " + check, level, text, advice);
    }
}
