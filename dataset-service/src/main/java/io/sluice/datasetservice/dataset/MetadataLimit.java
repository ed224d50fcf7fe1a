package io.sluice.datasetservice.dataset;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Keeps the metadata of a dataset far below what a document of the database can hold. */
@Component
class MetadataLimit {

    /** The most metadata a dataset may have, in bytes of JSON: 2 MiB. */
    static final int LARGEST = 2 * 1024 * 1024;

    private final JsonMapper json;

    MetadataLimit(JsonMapper json) {
        this.json = json;
    }

    /** The metadata, if it can be kept; {@link Problem#VALIDATION_FAILED} or {@link Problem#CONTENT_TOO_LARGE} if not. */
    JsonObject checked(JsonObject metadata) {
        JsonObject.requireStorable("metadata", metadata.members());
        if (json.writeValueAsBytes(metadata).length > LARGEST) {
            throw Problem.CONTENT_TOO_LARGE.at("metadata", "may have at most " + LARGEST + " bytes");
        }
        return metadata;
    }
}
