package io.sluice.authservice.session;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long somebody stays signed in.
 *
 * @param tokenLife how long a token is good for, 1 minute to 24 hours, default 1 hour
 * @param refreshTokenLife how long new tokens can be had without the password, 1 hour to 365 days, default 30 days
 */
@Validated
@ConfigurationProperties("auth-service")
record SessionProperties(
        @DefaultValue("1h") @DurationMin(minutes = 1) @DurationMax(hours = 24)
        Duration tokenLife,

        @DefaultValue("30d") @DurationMin(hours = 1) @DurationMax(days = 365)
        Duration refreshTokenLife) {}
