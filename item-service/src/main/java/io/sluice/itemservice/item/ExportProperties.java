package io.sluice.itemservice.item;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of exports.
 *
 * @param kept for how long the files of an export are there; default 7 days
 * @param mostInZip as many items as a ZIP may have, because its table of contents lies in memory until its end; default
 *     100,000
 * @param itemsInPart as many items as a part file of an export in parts has; default 20,000
 */
@ConfigurationProperties("item-service.export")
record ExportProperties(
        @DefaultValue("7d") Duration kept,
        @DefaultValue("100000") int mostInZip,
        @DefaultValue("20000") int itemsInPart) {}
