package io.sluice.authservice.user;

import io.sluice.authservice.secret.Secret;
import java.time.Instant;

/** The right to set a password without knowing the old one, once, for whoever has the code. */
record PasswordReset(String codeDigest, Instant expiresAt) {

    boolean isOpenFor(Secret code, Instant now) {
        return code.hasDigest(codeDigest) && now.isBefore(expiresAt);
    }

    @Override
    public String toString() {
        return "PasswordReset[until " + expiresAt + "]";
    }
}
