package io.sluice.itemservice.item;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of uploads.
 *
 * @param longestSilence for how long nothing may come of an upload before it is given up; default 150 s, because the SDK
 *     waits up to 120 s for a part of a slow local file (contract core §13)
 */
@ConfigurationProperties("item-service.upload")
record UploadProperties(@DefaultValue("150s") Duration longestSilence) {}
