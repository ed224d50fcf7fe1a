package io.sluice.authservice.signing;

import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where the signing keys are safe.
 *
 * @param secret what they are encrypted with in the database, 32 random bytes in base64; empty to take it from the file
 * @param secretFile where that lies, readable by its owner only; made at the first start. With neither, each process has
 *     keys of its own and forgets them when it ends
 * @param rotation how long one key signs, 1 hour to 365 days, default 30 days
 */
@Validated
@ConfigurationProperties("auth-service.signing-keys")
record SigningProperties(
        @Nullable String secret,
        @Nullable Path secretFile,

        @DefaultValue("30d") @DurationMin(hours = 1) @DurationMax(days = 365)
        Duration rotation) {

    SigningProperties {
        secret = secret == null || secret.isBlank() ? null : secret.strip();
        secretFile = secretFile == null || secretFile.toString().isEmpty() ? null : secretFile;
    }

    @Override
    public String toString() {
        return "SigningProperties[" + secretFile + ", " + rotation + "]";
    }
}
