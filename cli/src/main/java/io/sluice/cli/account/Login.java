package io.sluice.cli.account;

import io.sluice.cli.console.Exit;
import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Surroundings;
import io.sluice.cli.gate.Credentials;
import io.sluice.cli.gate.CredentialsFile;
import io.sluice.cli.gate.Gate;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice login}. */
@Command(
        name = "login",
        description = {
            "Sign in at a gate, and remember it.",
            "The password is asked for. A script hands it over by --password-stdin or by the variable SLUICE_PASSWORD;"
                    + " there is no option for it, because other users of a computer can see those. What is remembered are"
                    + " tokens, not the password, in a file that only you can read."
        })
public final class Login implements Callable<Integer> {

    private static final int LONGEST_PASSWORD = 1_024;

    private final Surroundings here;

    @Option(
            names = "--gate",
            paramLabel = "URL",
            description = "The address of the gate. Default: SLUICE_GATE, else where you signed in last, else "
                    + Gate.DEFAULT + ".")
    private @Nullable String gate;

    @Option(
            names = "--email",
            paramLabel = "ADDRESS",
            description = "Who you are. Default: SLUICE_EMAIL, else who signed in last; else it is asked for.")
    private @Nullable String email;

    @Option(names = "--password-stdin", description = "Read the password from the first line of the standard input.")
    private boolean isPasswordIn;

    public Login(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() throws IOException {
        CredentialsFile file = CredentialsFile.of(here);
        Credentials last = last(file);
        String named = gate == null ? here.variable("SLUICE_GATE").orElse(null) : gate;
        URI root = named != null ? Gate.address(named) : last != null ? last.gate() : Gate.address(Gate.DEFAULT);
        String who = who(last != null && last.gate().equals(root) ? last.email() : null);
        Credentials signedIn = Gate.at(root, here.clock()).signIn(who, password(who, root));
        file.write(signedIn);
        here.terminal().err().println("Signed in as " + signedIn + ". The tokens are in " + file.path() + ".");
        return Exit.DONE;
    }

    /** What was there before is of no use when it cannot be read. */
    private static @Nullable Credentials last(CredentialsFile file) {
        try {
            return file.read().orElse(null);
        } catch (Failure unreadable) {
            return null;
        }
    }

    private String who(@Nullable String last) {
        String named = email == null ? here.variable("SLUICE_EMAIL").orElse(last) : email;
        String who = named == null || named.isBlank() ? here.terminal().ask("E-mail: ") : named;
        if (who == null || who.isBlank()) {
            throw Failure.usage("Who signs in? Say it with --email ADDRESS");
        }
        return who.strip();
    }

    private char[] password(String who, URI root) throws IOException {
        if (isPasswordIn) {
            return firstLine(System.in).toCharArray();
        }
        String given = here.variable("SLUICE_PASSWORD").orElse(null);
        char[] password = given != null
                ? given.toCharArray()
                : here.terminal().password("Password of " + who + " at " + root + ": ");
        if (password == null || password.length == 0) {
            throw Failure.usage("There is no terminal to ask for the password at; hand it over with --password-stdin");
        }
        return password;
    }

    static String firstLine(InputStream in) throws IOException {
        String text = new String(in.readNBytes(LONGEST_PASSWORD), StandardCharsets.UTF_8);
        String line = text.lines().findFirst().orElse("");
        if (line.isEmpty()) {
            throw Failure.usage("The standard input has no password in its first line");
        }
        return line;
    }
}
