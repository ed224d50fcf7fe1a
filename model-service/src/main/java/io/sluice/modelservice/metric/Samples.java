package io.sluice.modelservice.metric;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/** What clients publish. */
final class Samples {

    /** In one request. */
    static final int MOST = 1_000;

    /** A figure's and a line's name, in characters. */
    static final int LONGEST = 250;

    /** The data of one, in bytes. */
    static final int LARGEST = 16 * 1024;

    private Samples() {}

    /** One, not yet anybody's. */
    record Sample(String modelId, @Nullable String datasetId, String figure, String legend, JsonObject data) {}

    /**
     * Reads a body: a list, or one alone.
     *
     * @throws org.springframework.web.ErrorResponseException {@link Problem#VALIDATION_FAILED} naming the field
     */
    static List<Sample> of(Object body) {
        List<?> all = body instanceof List<?> list ? list : List.of(body);
        if (all.isEmpty() || all.size() > MOST) {
            throw Problem.VALIDATION_FAILED.at("body", "must be 1 to " + MOST + " samples");
        }
        return IntStream.range(0, all.size())
                .mapToObj(index -> of(all.get(index), "[" + index + "]"))
                .toList();
    }

    @SuppressWarnings("unchecked") // The keys of a JSON object are texts.
    private static Sample of(@Nullable Object given, String where) {
        if (!(given instanceof Map<?, ?> members)) {
            throw Problem.VALIDATION_FAILED.at(where, "must be an object");
        }
        String modelId = id(members.get("modelId"), where + ".modelId");
        Object datasetId = members.get("datasetId");
        if (!(members.get("data") instanceof Map<?, ?> object)) {
            throw Problem.VALIDATION_FAILED.at(where + ".data", "must be an object with x and y, matrix, or summary");
        }
        JsonObject data = new JsonObject((Map<String, @Nullable Object>) object);
        JsonObject.requireStorable(where + ".data", data.members());
        if (data.size() > LARGEST) {
            throw Problem.CONTENT_TOO_LARGE.at(where + ".data", "may need at most " + LARGEST + " bytes");
        }
        String figure = name(members.get("figure"), where + ".figure");
        if (figure.isBlank()) {
            throw Problem.VALIDATION_FAILED.at(where + ".figure", "is missing");
        }
        return new Sample(
                modelId,
                datasetId == null ? null : id(datasetId, where + ".datasetId"),
                figure,
                name(Objects.requireNonNullElse(members.get("legend"), ""), where + ".legend"),
                data);
    }

    private static String id(@Nullable Object given, String where) {
        if (!(given instanceof String id) || !ObjectId.isValid(id)) {
            throw Problem.VALIDATION_FAILED.at(where, "must have 24 hexadecimal characters");
        }
        return new ObjectId(id).toHexString();
    }

    private static String name(@Nullable Object given, String where) {
        if (!(given instanceof String text) || text.length() > LONGEST) {
            throw Problem.VALIDATION_FAILED.at(where, "must be a text of at most " + LONGEST + " characters");
        }
        return JsonObject.requireStorable(where, text);
    }
}
