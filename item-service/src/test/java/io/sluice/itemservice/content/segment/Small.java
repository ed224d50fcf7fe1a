package io.sluice.itemservice.content.segment;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Small bytes for tests. */
final class Small {

    private Small() {}

    static HeldBytes of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            return new HeldBytes(
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)),
                    bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
