package io.sluice.itemservice.item;

import io.sluice.itemservice.content.Content;
import io.sluice.kit.error.Problem;
import io.sluice.kit.link.Link;
import java.util.regex.Pattern;

/**
 * The address of bytes that names them by their digest: {@code …/stream?digest=sha-256:<hexadecimal>}. What it once
 * answered it will always answer, or nothing.
 */
final class DigestAddress {

    /** Bytes for bytes the same (RFC 6249 §3). */
    private static final String RELATION = "duplicate";

    private static final String ALGORITHM = "sha-256:";
    private static final Pattern DIGEST = Pattern.compile(ALGORITHM + "[0-9a-f]{64}");

    private DigestAddress() {}

    /** @param stream the address of the bytes that an item has at the moment */
    static Link of(String stream, Content content) {
        return new Link(stream + "?digest=" + ALGORITHM + content.sha256(), RELATION);
    }

    /**
     * @throws org.springframework.web.ErrorResponseException {@link Problem#VALIDATION_FAILED} for what is no digest,
     *     {@link Problem#NOT_FOUND} when the item has other bytes by now
     */
    static void requireNamed(String digest, Content content) {
        if (!DIGEST.matcher(digest).matches()) {
            throw Problem.VALIDATION_FAILED.at(
                    "digest", "must be " + ALGORITHM + " and 64 hexadecimal characters in lower case");
        }
        if (!digest.equals(ALGORITHM + content.sha256())) {
            throw Problem.NOT_FOUND.with("The item has other bytes: " + ALGORITHM + content.sha256());
        }
    }
}
