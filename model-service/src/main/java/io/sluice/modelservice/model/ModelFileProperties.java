package io.sluice.modelservice.model;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Where this replica keeps copies of model files. All of them can be had again from item-service.
 *
 * @param folder created when missing
 * @param space that the copies may take; the ones used longest ago go first; default 20 GB
 * @param longestSilence how long nothing may come of a file that is being sent; default 60 s
 */
@ConfigurationProperties("model-service.files")
record ModelFileProperties(
        Path folder,
        @DefaultValue("20GB") DataSize space,
        @DefaultValue("60s") Duration longestSilence) {}
