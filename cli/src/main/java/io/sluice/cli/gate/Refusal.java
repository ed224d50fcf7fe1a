package io.sluice.cli.gate;

import io.sluice.cli.console.Exit;
import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Json;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The gate has answered, and not with what was asked for; the same request would be answered the same way. */
public final class Refusal extends Failure {

    private static final long serialVersionUID = 1;

    private final int status;

    private Refusal(int exit, String message, int status) {
        super(exit, message);
        this.status = status;
    }

    public int status() {
        return status;
    }

    /** @param body a problem as RFC 9457 has it, most likely */
    static Refusal of(int status, String body) {
        String message = message(body);
        return switch (status) {
            case 401 ->
                new Refusal(
                        Exit.FORBIDDEN,
                        "The gate does not accept the token, or not any more; sign in with: sluice login",
                        status);
            case 403 -> new Refusal(Exit.FORBIDDEN, "You may not do that: " + message, status);
            case 507 -> new Refusal(Exit.UNREACHABLE, "The platform has no room left: " + message, status);
            default ->
                new Refusal(
                        status >= 500 ? Exit.UNREACHABLE : Exit.FAILED,
                        message.isEmpty() ? "The gate answered " + status : message,
                        status);
        };
    }

    static String message(String body) {
        try {
            JsonNode problem = Json.read(body);
            return problem.path("message").asString(problem.path("detail").asString(""));
        } catch (JacksonException notAProblem) {
            return "";
        }
    }
}
