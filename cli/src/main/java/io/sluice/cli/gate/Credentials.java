package io.sluice.cli.gate;

import io.sluice.cli.console.Json;
import java.net.URI;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who somebody is, and where.
 *
 * @param token what requests are sent with
 * @param ends when the token has to be a new one; null when that is not known
 * @param refreshToken what a new one is had for; null for a token that was given from outside
 */
public record Credentials(
        URI gate,
        String email,
        String token,
        @Nullable Instant ends,
        @Nullable String refreshToken) {

    /** So long before its end a token counts as ended: a request must arrive with it. */
    private static final long EARLY_SECONDS = 60;

    /** What the gate answers to who signs in, or asks for a new token; that answer may lack the refresh token. */
    static Credentials of(URI gate, String email, JsonNode answer, Instant now, @Nullable String refreshToken) {
        long seconds = answer.path("expires_in").asLong(0);
        String given = answer.path("refresh_token").asString("");
        return new Credentials(
                gate,
                email,
                answer.path("id_token").asString(""),
                seconds > 0 ? now.plusSeconds(seconds) : null,
                given.isEmpty() ? refreshToken : given);
    }

    boolean hasEnded(Instant now) {
        return ends != null
                && refreshToken != null
                && !now.plusSeconds(EARLY_SECONDS).isBefore(ends);
    }

    String write() {
        ObjectNode node =
                Json.object().put("gate", gate.toString()).put("email", email).put("token", token);
        if (ends != null) {
            node.put("ends", ends.toString());
        }
        if (refreshToken != null) {
            node.put("refreshToken", refreshToken);
        }
        return Json.write(node) + "\n";
    }

    static Credentials read(String text) {
        JsonNode node = Json.read(text);
        String ends = node.path("ends").asString("");
        String refreshToken = node.path("refreshToken").asString("");
        return new Credentials(
                URI.create(node.path("gate").asString("")),
                node.path("email").asString(""),
                node.path("token").asString(""),
                ends.isEmpty() ? null : Instant.parse(ends),
                refreshToken.isEmpty() ? null : refreshToken);
    }

    @Override
    public String toString() {
        return email + " at " + gate;
    }
}
