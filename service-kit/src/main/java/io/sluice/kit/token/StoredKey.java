package io.sluice.kit.token;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.PublicJwkBuilder;
import io.jsonwebtoken.security.SignatureAlgorithm;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * What the database knows of a key.
 *
 * @param publicKey X.509, in hexadecimal
 * @param kind RSA or EC; null for RSA, as keys were stored that had no other kind
 * @param sealed the private half, encrypted; null when it is in the memory of the process that made it, or forgotten
 * @param signsFrom when its first token may be signed
 * @param retiresAt when its last token is signed
 * @param expiresAt when the last of its tokens of ordinary life is over
 * @param longestToken when the last of its longer tokens is over; null when there is none
 */
@Document("signing_keys")
record StoredKey(
        @Id String id,
        String publicKey,
        @Nullable String kind,
        @Nullable String sealed,
        @Nullable Instant signsFrom,
        @Nullable Instant retiresAt,
        Instant expiresAt,
        @Nullable Instant longestToken) {

    private static final String RSA = "RSA";

    static StoredKey of(String id, PublicKey publicKey, @Nullable String sealed, Instant signsFrom, Instant retiresAt) {
        return new StoredKey(
                id,
                HexFormat.of().formatHex(publicKey.getEncoded()),
                publicKey.getAlgorithm(),
                sealed,
                signsFrom,
                retiresAt,
                retiresAt.plus(SigningKeys.ORDINARY_LIFE),
                null);
    }

    /** As it is published (RFC 7517). */
    Map<String, ?> asJwk() {
        try {
            byte[] encoded = HexFormat.of().parseHex(publicKey);
            PublicKey key =
                    KeyFactory.getInstance(kind == null ? RSA : kind).generatePublic(new X509EncodedKeySpec(encoded));
            return key instanceof ECPublicKey curve
                    ? described(Jwks.builder().key(curve), Jwts.SIG.ES256)
                    : described(Jwks.builder().key((RSAPublicKey) key), Jwts.SIG.RS256);
        } catch (NoSuchAlgorithmException | InvalidKeySpecException broken) {
            throw new IllegalStateException("The published key " + id + " cannot be read", broken);
        }
    }

    private Map<String, ?> described(PublicJwkBuilder<?, ?, ?, ?, ?, ?> jwk, SignatureAlgorithm algorithm) {
        return jwk.id(id).algorithm(algorithm.getId()).publicKeyUse("sig").build();
    }

    @Override
    public String toString() {
        return "StoredKey[" + id + "]";
    }
}
