package io.sluice.kit.token;

import io.jsonwebtoken.Jwts;
import java.security.KeyPair;

/** Makes the RSA pairs that a service signs with (RFC 7518 §3.3). Takes long: it is asked off the event loops. */
@FunctionalInterface
public interface KeyPairs {

    KeyPair next();

    /** Each pair new and random. */
    static KeyPairs random() {
        return () -> Jwts.SIG.RS256.keyPair().build();
    }
}
