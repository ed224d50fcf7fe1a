package io.sluice.cli;

import io.sluice.cli.console.Exit;
import io.sluice.cli.console.Surroundings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice completion}. */
@Command(
        name = "completion",
        description = {
            "Print what teaches a shell to complete the commands and options of sluice.",
            "For bash, in ~/.bashrc: source <(sluice completion bash)",
            "For zsh, in ~/.zshrc: source <(sluice completion zsh)"
        })
final class Completion implements Callable<Integer> {

    private final Surroundings here;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "bash|zsh", completionCandidates = Shells.class, description = "Which shell.")
    private Shell shell = Shell.BASH;

    Completion(Surroundings here) {
        this.here = here;
    }

    enum Shell {
        BASH,
        ZSH
    }

    static final class Shells extends ArrayList<String> {

        private static final long serialVersionUID = 1;

        Shells() {
            super(List.of("bash", "zsh"));
        }
    }

    @Override
    public Integer call() {
        if (shell == Shell.ZSH) {
            // Those of bash are understood by it after this.
            here.terminal().out().println("autoload -U +X compinit && compinit");
        }
        here.terminal()
                .out()
                .println(AutoComplete.bash(
                        "sluice", Objects.requireNonNull(spec).root().commandLine()));
        return Exit.DONE;
    }
}
