package io.sluice.cli;

import io.sluice.cli.account.Login;
import io.sluice.cli.account.Logout;
import io.sluice.cli.console.Exit;
import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Surroundings;
import io.sluice.cli.download.Download;
import io.sluice.cli.items.Ls;
import io.sluice.cli.items.Query;
import io.sluice.cli.items.Rm;
import io.sluice.cli.upload.Upload;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** {@code sluice}: what a person or a script wants of a platform, in one command each. */
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        versionProvider = Sluice.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Work with a Sluice platform: sign in once, then upload, find, download and delete items.",
            "PROJECT and DATASET are names or ids; paths in a dataset follow behind a slash: farm/sheep/pen/dolly.jpg."
        },
        footerHeading = "%nExit status:%n",
        footer = {
            "  0    all is done",
            "  1    some of it, or all of it, could not be done",
            "  2    the command was not understood",
            "  3    you are not signed in, or may not do that",
            "  4    the gate could not be reached, or does not work at the moment",
            "  130  interrupted by Ctrl-C; the same command goes on where it was"
        })
public final class Sluice {

    private Sluice() {}

    public static void main(String[] arguments) {
        Surroundings here = Surroundings.ofProcess();
        int exit = commandLine(here).execute(arguments);
        here.terminal().out().flush();
        System.exit(exit);
    }

    static CommandLine commandLine(Surroundings here) {
        CommandLine line = new CommandLine(new Sluice())
                .addSubcommand(new Login(here))
                .addSubcommand(new Logout(here))
                .addSubcommand(new Ls(here))
                .addSubcommand(new Query(here))
                .addSubcommand(new Upload(here))
                .addSubcommand(new Download(here))
                .addSubcommand(new Rm(here))
                .addSubcommand(new Completion(here));
        line.getSubcommands()
                .values()
                .forEach(command -> command.getCommandSpec().mixinStandardHelpOptions(true));
        line.getSubcommands()
                .values()
                .forEach(command -> command.getCommandSpec().versionProvider(new Version()));
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(here.terminal().out(), true))
                .setErr(new PrintWriter(here.terminal().err(), true))
                .setUsageHelpLongOptionsMaxWidth(30)
                .setUsageHelpWidth(100)
                .setParameterExceptionHandler((mistake, given) -> mistaken(mistake, here))
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, here));
    }

    /** What is wrong, not everything that would be right. */
    private static int mistaken(ParameterException mistake, Surroundings here) {
        here.terminal().err().println("sluice: " + mistake.getMessage());
        here.terminal()
                .err()
                .println("See " + mistake.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return Exit.USAGE;
    }

    private static int failed(Exception failure, Surroundings here) {
        if (failure instanceof Failure known) {
            here.terminal().err().println("sluice: " + known.message());
            return known.exit();
        }
        here.terminal().err().println("sluice: something unforeseen happened, which is a mistake of this program");
        failure.printStackTrace(here.terminal().err());
        return Exit.FAILED;
    }

    /** That of the jar. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {
                "sluice "
                        + Optional.ofNullable(Sluice.class.getPackage().getImplementationVersion())
                                .orElse("(not from its jar)")
            };
        }
    }
}
