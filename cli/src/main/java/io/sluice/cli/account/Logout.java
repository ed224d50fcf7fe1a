package io.sluice.cli.account;

import io.sluice.cli.console.Exit;
import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Surroundings;
import io.sluice.cli.gate.CredentialsFile;
import io.sluice.cli.gate.Gate;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code sluice logout}. */
@Command(
        name = "logout",
        description =
                "End the session at the gate, and forget its tokens. When the gate cannot be reached, they are forgotten all"
                        + " the same.")
public final class Logout implements Callable<Integer> {

    private final Surroundings here;

    public Logout(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() {
        CredentialsFile file = CredentialsFile.of(here);
        if (file.read().isEmpty()) {
            here.terminal().err().println("Nobody is signed in.");
            return Exit.DONE;
        }
        Failure notEnded = null;
        try {
            Gate.signedIn(remembered()).signOut();
        } catch (Failure failure) {
            notEnded = failure;
        }
        file.delete();
        if (notEnded != null) {
            here.terminal()
                    .err()
                    .println("The tokens are deleted here, but the gate could not be told: " + notEnded.message());
            return notEnded.exit();
        }
        here.terminal().err().println("Signed out.");
        return Exit.DONE;
    }

    /** Whatever the environment names beside it. */
    private Surroundings remembered() {
        Map<String, String> environment = new HashMap<>(here.environment());
        environment.remove("SLUICE_TOKEN");
        environment.remove("SLUICE_GATE");
        return new Surroundings(here.terminal(), environment, here.clock());
    }
}
