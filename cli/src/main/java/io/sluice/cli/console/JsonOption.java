package io.sluice.cli.console;

import picocli.CommandLine.Option;

/** {@code --json}, where a command has results. */
public final class JsonOption {

    @Option(names = "--json", description = "Print one JSON object a line, for other programs to read.")
    private boolean isJson;

    public boolean isJson() {
        return isJson;
    }
}
