package io.sluice.gateway.limit;

import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How many requests one caller may send to one replica of the gateway. A caller is a signed-in user, or, without a token,
 * an address; an address alone counts for signing in.
 *
 * @param enabled whether there are limits at all; default yes
 * @param window the time that the numbers below are for, after which an idle caller has all of them again; at least 1 s,
 *     default 10 s
 * @param read requests that change nothing, queries among them; default 10,000
 * @param write requests that may change something; default 5,000
 * @param upload uploads of one file; default 20,000
 * @param signIn attempts to get a token; default 200
 */
@Validated
@ConfigurationProperties("gateway.limits")
record LimitProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("10s") @DurationMin(seconds = 1) Duration window,
        @DefaultValue("10000") @Positive long read,
        @DefaultValue("5000") @Positive long write,
        @DefaultValue("20000") @Positive long upload,
        @DefaultValue("200") @Positive long signIn) {

    /** As many requests of that class as fit into the window. */
    long of(OperationClass operations) {
        return switch (operations) {
            case READ -> read;
            case WRITE -> write;
            case UPLOAD -> upload;
            case SIGN_IN -> signIn;
        };
    }
}
