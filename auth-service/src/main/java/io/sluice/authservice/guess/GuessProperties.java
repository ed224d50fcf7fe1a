package io.sluice.authservice.guess;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * From where passwords are sent.
 *
 * @param proxies how many of our own servers a request passes before it is here, 0 to 10: the gateway alone is 1, which is
 *     the default, and a TLS proxy in front of it makes 2. The address that the outermost of them saw is believed, what
 *     stands before that in {@code X-Forwarded-For} is not
 */
@Validated
@ConfigurationProperties("auth-service.sign-in")
record GuessProperties(@DefaultValue("1") @Min(0) @Max(10) int proxies) {}
