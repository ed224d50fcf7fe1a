package io.sluice.kit.idempotency;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Reach;
import io.sluice.kit.error.Problem;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** A request that has a key. */
record KeyedRequest(ServerHttpRequest request, Caller caller, IdempotencyKey key) {

    private static final String BOUNDARY = "boundary";

    /** The same key of another user, or for another operation, is another key. */
    String id() {
        return new Digest()
                .part(caller.userId())
                .part(request.getMethod().name())
                .part(request.getPath().value())
                .part(key.value())
                .value();
    }

    /**
     * What a repeat must have in common with the first. What the token may do belongs to it: a token that was narrowed
     * gets no answer that was given to a wider one, and neither does a user whose role on the platform has changed.
     */
    KeyUse.Request with(String bodyDigest, long bodyLength) {
        HttpHeaders headers = request.getHeaders();
        Reach reach = caller.reach();
        // With the key, which is stored nowhere: a body may hold a password, and a bare digest of it could be guessed
        // at.
        String digest = new Digest()
                .part(key.value())
                .part(sorted(caller.roles()))
                .part(sorted(reach.scopes()))
                .part(sorted(reach.projects()))
                .part(String.valueOf(request.getURI().getRawQuery()))
                .part(isForm() ? MediaType.MULTIPART_FORM_DATA_VALUE : contentType())
                .part(String.join(",", headers.getOrEmpty(HttpHeaders.IF_MATCH)))
                .part(bodyDigest)
                .value();
        return new KeyUse.Request(digest, bodyLength);
    }

    private static String sorted(@Nullable Collection<?> all) {
        return all == null
                ? "everything"
                : all.stream().map(String::valueOf).sorted().collect(Collectors.joining(" ", "[", "]"));
    }

    /** Whether the body is a form that is streamed and has no bound; every other body is read whole. */
    private boolean isForm() {
        return contentType().toLowerCase(Locale.ROOT).startsWith(MediaType.MULTIPART_FORM_DATA_VALUE);
    }

    private String contentType() {
        return Optional.ofNullable(request.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE))
                .orElse("");
    }

    /**
     * What stands between the parts of a form; empty for every other body.
     *
     * @throws org.springframework.web.ErrorResponseException {@link Problem#MALFORMED_REQUEST} for a form that has none
     */
    Optional<String> boundary() {
        if (!isForm()) {
            return Optional.empty();
        }
        try {
            String quoted = MediaType.parseMediaType(contentType()).getParameter(BOUNDARY);
            if (quoted != null) {
                return Optional.of(quoted.replaceAll("^\"|\"$", ""));
            }
        } catch (InvalidMediaTypeException unreadable) {
            // As bad as none.
        }
        throw Problem.MALFORMED_REQUEST.at(HttpHeaders.CONTENT_TYPE, "must name the boundary of the form");
    }
}
