package io.sluice.authservice.login;

import io.sluice.authservice.secret.Secret;
import io.sluice.kit.web.PublicUrl;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.HttpCookie;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;

/**
 * Proves that a form comes from a page of ours: the page and a cookie carry the same random value, which no other site can
 * read or set. It needs no memory, so any replica can check what another has made.
 */
@Component
public class FormProof {

    /** The field of the form. */
    public static final String FIELD = "proof";

    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9_-]{43}");

    private final PublicUrl publicUrl;

    FormProof(PublicUrl publicUrl) {
        this.publicUrl = publicUrl;
    }

    /** The value for a page; the one that the browser has already, so that two open pages do not disturb each other. */
    public String value(ServerHttpRequest request, ServerHttpResponse response) {
        return cookie(request).orElseGet(() -> {
            String fresh = Secret.random().value();
            boolean isSecure = isSecure(request);
            response.addCookie(ResponseCookie.from(name(isSecure), fresh)
                    .httpOnly(true)
                    .secure(isSecure)
                    .sameSite("Lax")
                    .path("/")
                    .build());
            return fresh;
        });
    }

    /** Whether the form was on a page that this browser got from us. */
    public boolean isGood(ServerHttpRequest request, String fromForm) {
        return cookie(request)
                .filter(value -> new Secret(value).hasDigest(new Secret(fromForm).digest()))
                .isPresent();
    }

    private Optional<String> cookie(ServerHttpRequest request) {
        return Optional.ofNullable(request.getCookies().getFirst(name(isSecure(request))))
                .map(HttpCookie::getValue)
                .filter(value -> VALUE.matcher(value).matches());
    }

    private boolean isSecure(ServerHttpRequest request) {
        return publicUrl.gate(request).startsWith("https:");
    }

    /** The prefix keeps neighbours under the same domain from setting it. */
    private static String name(boolean isSecure) {
        return isSecure ? "__Host-sluice-form" : "sluice-form";
    }
}
