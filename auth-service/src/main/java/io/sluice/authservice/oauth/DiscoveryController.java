package io.sluice.authservice.oauth;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Says where everything is (RFC 8414, OpenID Connect Discovery 1.0). */
@RestController
@Tag(name = "Sign-in")
class DiscoveryController {

    static final String OPENID = "/.well-known/openid-configuration";
    static final String OAUTH = "/.well-known/oauth-authorization-server";

    private static final CacheControl AN_HOUR =
            CacheControl.maxAge(Duration.ofHours(1)).cachePublic().staleIfError(Duration.ofHours(1));
    private static final List<String> MACHINES = List.of("client_secret_basic", "client_secret_post");
    private static final List<String> EVERYBODY = List.of("client_secret_basic", "client_secret_post", "none");

    private final PublicUrl publicUrl;

    DiscoveryController(PublicUrl publicUrl) {
        this.publicUrl = publicUrl;
    }

    @GetMapping({OPENID, OAUTH})
    @SecurityRequirements
    @Operation(summary = "What an OAuth or OpenID Connect client must know of this platform")
    @OpenTo(Audience.ANYBODY)
    ResponseEntity<Map<String, Object>> document(ServerHttpRequest request) {
        String gate = publicUrl.gate(request);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("issuer", gate);
        document.put("authorization_endpoint", gate + AuthorizeController.PATH);
        document.put("token_endpoint", gate + OAuthTokenController.PATH);
        document.put("revocation_endpoint", gate + RevocationController.PATH);
        document.put("introspection_endpoint", gate + IntrospectionController.PATH);
        document.put("jwks_uri", gate + "/.well-known/jwks.json");
        document.put("scopes_supported", Scopes.all());
        document.put("response_types_supported", List.of("code"));
        document.put("response_modes_supported", List.of("query"));
        document.put("grant_types_supported", List.of("authorization_code", "refresh_token", "client_credentials"));
        document.put("code_challenge_methods_supported", List.of("S256"));
        document.put("token_endpoint_auth_methods_supported", EVERYBODY);
        document.put("revocation_endpoint_auth_methods_supported", EVERYBODY);
        document.put("introspection_endpoint_auth_methods_supported", MACHINES);
        document.put("subject_types_supported", List.of("public"));
        document.put("id_token_signing_alg_values_supported", List.of("RS256"));
        document.put("claims_supported", List.of("sub", "email", "name", "auth_time", "nonce", "sid"));
        document.put("authorization_response_iss_parameter_supported", true);
        return ResponseEntity.ok().cacheControl(AN_HOUR).body(document);
    }
}
