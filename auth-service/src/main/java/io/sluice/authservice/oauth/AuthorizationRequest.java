package io.sluice.authservice.oauth;

import io.sluice.authservice.client.Client;
import io.sluice.authservice.client.Clients;
import io.sluice.kit.error.Problem;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for (RFC 6749 §4.1.1, RFC 7636 §4.3).
 *
 * @param parameters as they came, to be said again by the form
 * @param scope null for everything
 */
record AuthorizationRequest(
        Client client,
        String redirectUri,
        @Nullable String state,
        @Nullable Set<String> scope,
        String challenge,
        @Nullable String nonce,
        Map<String, String> parameters) {

    private static final String REDIRECT_URI = "redirect_uri";
    private static final String STATE = "state";
    private static final Set<String> NAMES = Set.of(
            "response_type",
            "client_id",
            REDIRECT_URI,
            STATE,
            "scope",
            "nonce",
            "code_challenge",
            "code_challenge_method");

    /** The length of a SHA-256 in base64url. */
    private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_-]{43}");

    /** Where the answer goes, whatever it is; known before anything else is looked at. */
    record Return(
            Client client, String redirectUri, @Nullable String state) {

        /**
         * Nobody is sent to an address that the client has not registered, not even with an error (RFC 9700 §4.11).
         *
         * @throws org.springframework.web.ErrorResponseException for people to read
         */
        static Return of(Parameters parameters, Clients clients) {
            Client client = parameters
                    .optional("client_id")
                    .flatMap(clients::find)
                    .orElseThrow(() -> Problem.VALIDATION_FAILED.at("client_id", "is not a registered client"));
            String redirectUri = parameters
                    .optional(REDIRECT_URI)
                    .filter(client::mayRedirectTo)
                    .orElseThrow(() -> Problem.VALIDATION_FAILED.at(
                            REDIRECT_URI, "must be one that the client is registered with"));
            return new Return(client, redirectUri, parameters.optional(STATE).orElse(null));
        }

        /** The address with an answer; {@code issuer} tells the client whose answer it is (RFC 9207). */
        URI with(Map<String, String> answer, String issuer) {
            Map<String, String> all = new LinkedHashMap<>(answer);
            all.put("iss", issuer);
            if (state != null) {
                all.put(STATE, state);
            }
            String query = all.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                    .collect(Collectors.joining("&"));
            return URI.create(redirectUri + (redirectUri.contains("?") ? "&" : "?") + query);
        }
    }

    /** @throws OAuthFailure to be sent back to the client */
    static AuthorizationRequest of(Return destination, Parameters parameters) {
        if (!parameters.required("response_type").equals("code")) {
            throw new OAuthFailure(OAuthFailure.Code.UNSUPPORTED_RESPONSE_TYPE, "response_type must be code");
        }
        if (parameters.optional("prompt").filter("none"::equals).isPresent()) {
            throw new OAuthFailure(OAuthFailure.Code.LOGIN_REQUIRED, "Nobody stays signed in here without a client");
        }
        String challenge = parameters.required("code_challenge");
        boolean isS256 = parameters
                .optional("code_challenge_method")
                .filter("S256"::equals)
                .isPresent();
        if (!isS256 || !CHALLENGE.matcher(challenge).matches()) {
            throw Parameters.invalid("code_challenge must be one of code_challenge_method S256");
        }
        Map<String, String> again = new LinkedHashMap<>();
        NAMES.forEach(name -> parameters.optional(name).ifPresent(value -> again.put(name, value)));
        return new AuthorizationRequest(
                destination.client(),
                destination.redirectUri(),
                destination.state(),
                Scopes.wanted(parameters.optional("scope"), null),
                challenge,
                parameters.optional("nonce").orElse(null),
                again);
    }
}
