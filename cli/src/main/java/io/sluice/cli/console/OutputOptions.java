package io.sluice.cli.console;

import picocli.CommandLine.Option;

/** How much is said of work on many items. */
public final class OutputOptions {

    @Option(
            names = "--json",
            description = "Print one JSON object an item on the standard output, and the totals in a last one.")
    private boolean isJson;

    @Option(
            names = {"-q", "--quiet"},
            description = "Say nothing but what fails.")
    private boolean isQuiet;

    public boolean isJson() {
        return isJson;
    }

    public boolean isQuiet() {
        return isQuiet;
    }
}
