package io.sluice.modelservice.configuration;

import org.jspecify.annotations.Nullable;

/**
 * That a model runs on another server.
 *
 * @param server its name in the settings of this service
 * @param model what the server calls the model
 * @param version of it; null for the one that the server chooses
 */
public record RemoteConfiguration(
        String server, String model, @Nullable String version) {}
