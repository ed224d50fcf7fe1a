package io.sluice.itemservice.item;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of answers that hold everything that matches.
 *
 * @param longestSilence for how long a client may take nothing of such an answer before its connection is ended; default
 *     60 s
 */
@ConfigurationProperties("item-service.stream")
record StreamProperties(@DefaultValue("60s") Duration longestSilence) {}
