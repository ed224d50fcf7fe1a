package io.sluice.kit.web;

import io.sluice.kit.error.Problem;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * A strong validator (RFC 9110 §8.8.3) of one representation.
 *
 * @param value with its quotes
 */
public record ETag(String value) {

    /**
     * The validator of a representation that depends on nothing but these parts: an id, a version, counts, the address
     * that links start with. Never the user or the token.
     */
    public static ETag of(Object... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Object part : parts) {
                digest.update(String.valueOf(part).getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            byte[] half = Arrays.copyOf(digest.digest(), 16);
            return new ETag('"' + Base64.getUrlEncoder().withoutPadding().encodeToString(half) + '"');
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Refuses a change whose {@code If-Match} names another version (RFC 9110 §13.1.1).
     *
     * @throws org.springframework.web.ErrorResponseException {@link Problem#PRECONDITION_FAILED}
     */
    public void requireMatch(ServerHttpRequest request) {
        List<String> expected = request.getHeaders().getIfMatch();
        if (!expected.isEmpty() && !expected.contains("*") && !expected.contains(value)) {
            throw Problem.PRECONDITION_FAILED.with(
                    HttpHeaders.IF_MATCH + " names another version; read the resource again and repeat the change");
        }
    }

    /** 200 with this validator: for the caller's own cache, which asks before it uses its copy (RFC 9111 §5.2.2). */
    public <T> ResponseEntity<T> reply(T body) {
        return ResponseEntity.ok()
                .eTag(value)
                .cacheControl(CacheControl.noCache().cachePrivate())
                .body(body);
    }

    /** 201 with this validator (RFC 9110 §15.3.2). */
    public <T> ResponseEntity<T> created(String location, T body) {
        return ResponseEntity.created(URI.create(location))
                .eTag(value)
                .cacheControl(CacheControl.noCache().cachePrivate())
                .body(body);
    }

    @Override
    public String toString() {
        return value;
    }
}
