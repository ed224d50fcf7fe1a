package io.sluice.kit.idempotency;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of several parts, of which none can be taken for two. */
final class Digest {

    private final MessageDigest sha256;

    Digest() {
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    Digest part(String text) {
        return part(text.getBytes(StandardCharsets.UTF_8));
    }

    Digest part(byte[] bytes) {
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        sha256.update(bytes);
        return this;
    }

    /** More of the one part of a digest that has no other. */
    void add(byte[] bytes, int count) {
        sha256.update(bytes, 0, count);
    }

    /** In hexadecimal; the end of the digest. */
    String value() {
        return HexFormat.of().formatHex(sha256.digest());
    }
}
