package io.sluice.kit.token;

import java.security.PrivateKey;
import java.time.Instant;

/** A key that this process can sign with, from one moment until another. */
record SigningKey(String id, PrivateKey key, Instant signsFrom, Instant retiresAt) {

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
