package io.sluice.kit.token;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.SignatureAlgorithm;
import java.security.PrivateKey;
import java.security.interfaces.ECKey;
import java.time.Instant;

/** A key that this process can sign with, from one moment until another. */
record SigningKey(String id, PrivateKey key, Instant signsFrom, Instant retiresAt) {

    SignatureAlgorithm algorithm() {
        return key instanceof ECKey ? Jwts.SIG.ES256 : Jwts.SIG.RS256;
    }

    boolean mayStillSignAt(Instant now) {
        return now.isBefore(retiresAt);
    }

    boolean signsAt(Instant now) {
        return !now.isBefore(signsFrom) && mayStillSignAt(now);
    }

    @Override
    public String toString() {
        return "SigningKey[" + id + "]";
    }
}
