package io.sluice.kit.token;

import io.jsonwebtoken.Jwts;
import java.security.KeyPair;

/** Makes the pairs that a service signs with, each new and random. May take long: it is asked off the event loops. */
@FunctionalInterface
public interface KeyPairs {

    KeyPair next();

    /** For tokens that users carry: RS256 (RFC 7518 §3.3), which every library knows. To make one takes a second or so. */
    static KeyPairs rsa() {
        return () -> Jwts.SIG.RS256.keyPair().build();
    }

    /** For tokens between services: ES256 (RFC 7518 §3.4), made and signed with in a moment. */
    static KeyPairs ellipticCurve() {
        return () -> Jwts.SIG.ES256.keyPair().build();
    }
}
