package io.sluice.authservice.oauth;

import java.util.List;
import java.util.Optional;
import org.springframework.util.MultiValueMap;

/** The parameters of a request; one that comes twice or has no end is refused (RFC 6749 §3.1, §3.2). */
record Parameters(MultiValueMap<String, String> values) {

    private static final int LONGEST = 8192;

    String required(String name) {
        return optional(name).orElseThrow(() -> invalid(name + " is missing"));
    }

    /** Empty when it is not there or has no value. */
    Optional<String> optional(String name) {
        List<String> given = values.getOrDefault(name, List.of());
        if (given.size() > 1) {
            throw invalid(name + " is given more than once");
        }
        if (given.isEmpty() || given.get(0) == null || given.get(0).isEmpty()) {
            return Optional.empty();
        }
        if (given.get(0).length() > LONGEST) {
            throw invalid(name + " is too long");
        }
        return Optional.of(given.get(0));
    }

    static OAuthFailure invalid(String description) {
        return new OAuthFailure(OAuthFailure.Code.INVALID_REQUEST, description);
    }

    @Override
    public String toString() {
        return "Parameters" + values.keySet();
    }
}
