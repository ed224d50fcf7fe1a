package io.sluice.authservice.oauth;

import io.sluice.authservice.session.SignIn;
import io.sluice.authservice.session.UserTokens.Holder;
import io.sluice.kit.audit.Recording;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Finds out which machine asks, by HTTP Basic or by what it says in the body (RFC 6749 §2.3.1). */
@Component
class MachineLogin {

    private static final String BASIC = "basic ";

    private final SignIn signIn;

    MachineLogin(SignIn signIn) {
        this.signIn = signIn;
    }

    private record Credentials(String id, String secret) {

        @Override
        public String toString() {
            return "Credentials[" + id + "]";
        }
    }

    /** The machine; {@link OAuthFailure.Code#INVALID_CLIENT} when it does not prove who it is. */
    Mono<Holder> required(HttpHeaders headers, Parameters parameters) {
        return Mono.justOrEmpty(credentials(headers, parameters))
                .flatMap(given -> Recording.by(given.id()).then(signIn.machine(given.id(), given.secret())))
                .switchIfEmpty(Mono.error(
                        () -> new OAuthFailure(OAuthFailure.Code.INVALID_CLIENT, "Wrong client_id or client_secret")));
    }

    /** The id of whoever asks, proven or not; a client that has no secret says it in the body or alone in the header. */
    static Optional<String> claimedId(HttpHeaders headers, Parameters parameters) {
        return basic(headers).map(Credentials::id).or(() -> parameters.optional("client_id"));
    }

    private static Optional<Credentials> credentials(HttpHeaders headers, Parameters parameters) {
        Optional<Credentials> basic = basic(headers);
        Optional<String> secret = parameters.optional("client_secret");
        if (basic.isPresent() && secret.isPresent()) {
            throw Parameters.invalid("The client may prove itself in one way only");
        }
        return basic.or(() -> secret.map(text -> new Credentials(parameters.required("client_id"), text)));
    }

    private static Optional<Credentials> basic(HttpHeaders headers) {
        String header = headers.getFirst(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return Optional.empty();
        }
        try {
            byte[] decoded =
                    Base64.getDecoder().decode(header.substring(BASIC.length()).strip());
            String[] parts = new String(decoded, StandardCharsets.UTF_8).split(":", 2);
            if (parts.length < 2) {
                throw Parameters.invalid("Authorization is not: Basic <id>:<secret>, in base64");
            }
            return Optional.of(new Credentials(formDecoded(parts[0]), formDecoded(parts[1])));
        } catch (IllegalArgumentException notBase64) {
            throw Parameters.invalid("Authorization is not: Basic <id>:<secret>, in base64");
        }
    }

    /** The standard wants both encoded as in a form, many clients do not; an e-mail address may have a plus in it. */
    private static String formDecoded(String text) {
        try {
            return text.contains("%") ? URLDecoder.decode(text, StandardCharsets.UTF_8) : text;
        } catch (IllegalArgumentException notEncoded) {
            return text;
        }
    }
}
