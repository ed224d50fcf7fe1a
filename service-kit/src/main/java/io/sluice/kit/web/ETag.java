package io.sluice.kit.web;

import io.sluice.kit.error.Problem;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * A strong validator (RFC 9110 §8.8.3) of one representation.
 *
 * @param value with its quotes
 */
public record ETag(String value) {

    private static final String WEAK = "W/";
    private static final Pattern TAG = Pattern.compile("(?:W/)?\"[^\"]*+\"");

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
        List<String> expected = request.getHeaders().getOrEmpty(HttpHeaders.IF_MATCH);
        if (!expected.isEmpty() && !isAny(expected) && tags(expected).noneMatch(this::isStrongly)) {
            throw Problem.PRECONDITION_FAILED.with(
                    HttpHeaders.IF_MATCH + " names another version; read the resource again and repeat the change");
        }
    }

    /** Whether a read is by somebody who has this already (RFC 9110 §13.1.2). */
    public boolean isKnownTo(ServerHttpRequest request) {
        List<String> known = request.getHeaders().getOrEmpty(HttpHeaders.IF_NONE_MATCH);
        return isAny(known) || tags(known).anyMatch(tag -> tag.equals(value) || tag.equals(WEAK + value));
    }

    private boolean isStrongly(String tag) {
        return tag.equals(value) && !tag.startsWith(WEAK);
    }

    /** Whether that is {@code *}, which means any version. */
    static boolean isAny(List<String> header) {
        return header.size() == 1 && header.get(0).strip().equals("*");
    }

    /** Whether that is {@code *} or tags, of which {@code ""} is one: curl sends it when it has none yet. */
    static boolean isOneOrMore(List<String> header) {
        String all = String.join(",", header);
        return isAny(header)
                || TAG.matcher(all).find()
                        && TAG.matcher(all).replaceAll("").chars().allMatch(rest -> ", \t".indexOf(rest) >= 0);
    }

    /** What is no tag equals none. */
    private static Stream<String> tags(List<String> header) {
        return header.stream().flatMap(line -> TAG.matcher(line).results()).map(MatchResult::group);
    }

    /** 200 with this validator: for the caller's own cache, which asks before it uses its copy (RFC 9111 §5.2.2). */
    public <T> ResponseEntity<T> reply(T body) {
        return reply(HttpStatus.OK).body(body);
    }

    /** As {@link #reply(Object)}, to be added to. */
    public ResponseEntity.BodyBuilder reply(HttpStatus status) {
        return ResponseEntity.status(status)
                .eTag(value)
                .cacheControl(CacheControl.noCache().cachePrivate());
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
