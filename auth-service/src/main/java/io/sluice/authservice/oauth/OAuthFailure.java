package io.sluice.authservice.oauth;

import java.util.Locale;

/** A refusal in the words of the standard (RFC 6749 §5.2), which clients go by; {@link OAuthFailures} answers it. */
class OAuthFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Code code;

    OAuthFailure(Code code, String description) {
        super(description, null, false, false);
        this.code = code;
    }

    /** What can be wrong, with the HTTP status that goes with it. */
    enum Code {
        INVALID_REQUEST(400),
        INVALID_CLIENT(401),
        INVALID_GRANT(400),
        UNAUTHORIZED_CLIENT(400),
        UNSUPPORTED_GRANT_TYPE(400),
        UNSUPPORTED_RESPONSE_TYPE(400),
        UNSUPPORTED_TOKEN_TYPE(400),
        INVALID_SCOPE(400),
        LOGIN_REQUIRED(400);

        private final int status;

        Code(int status) {
            this.status = status;
        }

        int status() {
            return status;
        }

        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Code code() {
        return code;
    }

    String description() {
        return String.valueOf(getMessage());
    }
}
