package io.sluice.itemservice.inspection;

import java.util.List;
import org.springframework.util.unit.DataSize;

/**
 * What somebody wants to know.
 *
 * @param isScrub {@code scrub}: read everything; else {@code fsck}: compare what should be there with what is
 * @param repairs {@code --repair}, of fsck only: put right what can be
 * @param rate {@code --rate}: bytes that are read in a second at most; default 100 MB
 */
public record InspectionOptions(boolean isScrub, boolean repairs, DataSize rate) {

    private static final DataSize RATE = DataSize.ofMegabytes(100);

    /** The names of the programs. */
    public static final List<String> PROGRAMS = List.of("scrub", "fsck", MoveOptions.PROGRAM);

    /**
     * Reads a command line.
     *
     * @param program one of {@link #PROGRAMS}
     * @throws IllegalArgumentException with a line for people, when it makes no sense
     */
    public static InspectionOptions parse(String program, List<String> arguments) {
        boolean isScrub = program.equals("scrub");
        boolean repairs = false;
        DataSize rate = RATE;
        for (int at = 0; at < arguments.size(); at++) {
            String argument = arguments.get(at);
            if (argument.equals("--repair") && !isScrub) {
                repairs = true;
            } else if (argument.equals("--rate") && at + 1 < arguments.size()) {
                rate = rate(arguments.get(++at));
            } else if (argument.startsWith("--rate=")) {
                rate = rate(argument.substring("--rate=".length()));
            } else {
                throw new IllegalArgumentException("Unknown option " + argument + " of " + program);
            }
        }
        return new InspectionOptions(isScrub, repairs, rate);
    }

    private static DataSize rate(String text) {
        try {
            DataSize rate = DataSize.parse(text);
            if (rate.toBytes() > 0) {
                return rate;
            }
        } catch (IllegalArgumentException noSize) {
            throw new IllegalArgumentException("--rate needs a size such as 100MB, not " + text, noSize);
        }
        throw new IllegalArgumentException("--rate must be more than nothing");
    }
}
