package io.sluice.authservice.client;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import java.net.URI;
import java.util.List;

/**
 * A registered OAuth client. It has no secret: what runs on somebody's computer or in their browser could not keep one, so
 * each uses PKCE (RFC 9700 §2.1.1).
 *
 * @param id what it calls itself
 * @param name what people are told
 * @param redirectUris where it may have people sent back to, compared character by character; one of this computer that
 *     names no port stands for all ports (RFC 8252 §7.3)
 */
public record Client(
        @NotBlank String id,
        @NotBlank String name,
        @NotEmpty List<@NotBlank String> redirectUris) {

    public Client {
        redirectUris = redirectUris == null ? List.of() : List.copyOf(redirectUris);
    }

    /** Whether people may be sent there. */
    public boolean mayRedirectTo(String address) {
        return redirectUris.contains(address)
                || Loopback.parse(address)
                        .filter(wanted -> redirectUris.stream()
                                .flatMap(registered -> Loopback.parse(registered).stream())
                                .anyMatch(registered -> isSameOnAnyPort(registered, wanted)))
                        .isPresent();
    }

    private static boolean isSameOnAnyPort(URI registered, URI wanted) {
        return registered.getPort() == -1
                && registered.getHost().equals(wanted.getHost())
                && String.valueOf(registered.getRawPath()).equals(wanted.getRawPath())
                && String.valueOf(registered.getRawQuery()).equals(String.valueOf(wanted.getRawQuery()));
    }
}
