package io.sluice.modelservice.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A model that another server has.
 *
 * @param server its name in the settings of this service
 * @param name what the server calls it
 * @param version of it that is asked; null for the one that the server chooses
 */
public record RemoteModel(
        String server, String name, @Nullable String version) {

    @Override
    public String toString() {
        return name + (version == null ? "" : " version " + version) + " of the server " + server;
    }
}
