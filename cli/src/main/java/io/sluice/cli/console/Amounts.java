package io.sluice.cli.console;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Numbers as people read them. */
public final class Amounts {

    private static final List<String> UNITS = List.of("B", "KB", "MB", "GB", "TB", "PB");

    private Amounts() {}

    /** Powers of 1000, as disks are sold: {@code 1.2 GB}. */
    public static String bytes(double bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= 999.95 && unit < UNITS.size() - 1) {
            amount /= 1000;
            unit++;
        }
        return unit == 0
                ? Math.round(amount) + " B"
                : String.format(Locale.ROOT, amount < 99.95 ? "%.1f %s" : "%.0f %s", amount, UNITS.get(unit));
    }

    /** {@code 1,680}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** {@code 1,680 items}, {@code 1 item}. */
    public static String items(long count) {
        return count(count) + (count == 1 ? " item" : " items");
    }

    /** {@code 45 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
    public static String time(Duration time) {
        long seconds = Math.round(time.toMillis() / 1000.0);
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }
}
