package io.sluice.kit.patch;

import io.sluice.kit.error.Problem;
import io.sluice.kit.web.WebConfiguration;
import jakarta.json.JsonArray;
import jakarta.json.JsonConfig;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonPointer;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonString;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Operations on a JSON document (RFC 6902), all of them or none.
 *
 * @param operations each checked to have what its kind needs; in their order, at most {@link #MOST_OPERATIONS}
 */
record JsonPatch(JsonArray operations) {

    /** As many operations as one patch may have. */
    static final int MOST_OPERATIONS = 1_000;

    /** As many values as all the copies of one patch may add: copies of copies grow by powers of two. */
    static final int MOST_COPIED = 100_000;

    private static final String OP = "op";
    private static final String PATH = "path";
    private static final String FROM = "from";
    private static final String VALUE = "value";
    private static final String TEST = "test";
    private static final Set<String> WITH_VALUE = Set.of("add", "replace", TEST);
    private static final Set<String> WITH_FROM = Set.of("move", "copy");
    private static final String REMOVE = "remove";

    /** Looked up once: the shorthands of the library look it up at every call. */
    static final JsonProvider JSON = JsonProvider.provider();

    private static final JsonReaderFactory READERS = JSON.createReaderFactory(Map.of(
            JsonConfig.KEY_STRATEGY,
            JsonConfig.KeyStrategy.NONE,
            "org.eclipse.parsson.maxDepth",
            WebConfiguration.DEEPEST_BODY));

    /** @throws org.springframework.web.ErrorResponseException that says which operation is wrong, and what would be right */
    static JsonPatch parse(byte[] body) {
        if (!(read(body) instanceof JsonArray operations)) {
            throw Problem.MALFORMED_REQUEST.with("A JSON Patch is an array of operations");
        }
        if (operations.size() > MOST_OPERATIONS) {
            throw Problem.VALIDATION_FAILED.with("A JSON Patch may have at most " + MOST_OPERATIONS + " operations");
        }
        for (int index = 0; index < operations.size(); index++) {
            check(operations.get(index), "[" + index + "]");
        }
        return new JsonPatch(operations);
    }

    static JsonStructure read(byte[] body) {
        try (JsonReader reader = READERS.createReader(new ByteArrayInputStream(body), StandardCharsets.UTF_8)) {
            return reader.read();
        } catch (JsonException | IllegalStateException unreadable) {
            throw Problem.MALFORMED_REQUEST.with(
                    "The body is not the JSON of an array or object, with each key once and at most "
                            + WebConfiguration.DEEPEST_BODY + " levels");
        }
    }

    private static void check(JsonValue value, String place) {
        if (!(value instanceof JsonObject operation)) {
            throw Problem.VALIDATION_FAILED.at(place, "must be an object with op and path");
        }
        String op = operation.getString(OP, "");
        if (!WITH_VALUE.contains(op) && !WITH_FROM.contains(op) && !op.equals(REMOVE)) {
            throw Problem.VALIDATION_FAILED.at(place + ".op", "must be add, remove, replace, move, copy or test");
        }
        pointer(operation, PATH, place);
        if (WITH_VALUE.contains(op) && !operation.containsKey(VALUE)) {
            throw Problem.VALIDATION_FAILED.at(place + ".value", "is missing");
        }
        if (WITH_FROM.contains(op)) {
            pointer(operation, FROM, place);
            if (op.equals("move") && operation.getString(PATH).startsWith(operation.getString(FROM) + "/")) {
                throw Problem.VALIDATION_FAILED.at(place + ".path", "must not be inside of what is moved");
            }
        }
    }

    private static JsonPointer pointer(JsonObject operation, String name, String place) {
        if (operation.get(name) instanceof JsonString text) {
            try {
                return JSON.createPointer(text.getString());
            } catch (JsonException malformed) {
                // Told below, with what is missing.
            }
        }
        throw Problem.VALIDATION_FAILED.at(
                place + "." + name, "must be a JSON Pointer such as /metadata/user/label (RFC 6901)");
    }

    /** Whether it starts by making sure of something: then it says itself for which state it is meant. */
    boolean startsWithTest() {
        return !operations.isEmpty()
                && operations.getJsonObject(0).getString(OP).equals(TEST);
    }

    /**
     * The document as it is to become; the one that is given stays as it is.
     *
     * @throws org.springframework.web.ErrorResponseException {@link Problem#PATCH_TEST_FAILED}, or
     *     {@link Problem#PATCH_NOT_APPLICABLE} when it does not fit to the document
     */
    JsonObject applyTo(JsonObject document) {
        JsonStructure result = document;
        int copied = 0;
        for (int index = 0; index < operations.size(); index++) {
            JsonObject operation = operations.getJsonObject(index);
            String place = "[" + index + "]";
            try {
                if (operation.getString(OP).equals("copy")) {
                    copied += size(pointer(operation, FROM, place).getValue(result), MOST_COPIED - copied);
                }
                result = apply(operation, result, place);
            } catch (JsonException | ArithmeticException doesNotFit) {
                throw Problem.PATCH_NOT_APPLICABLE.at(
                        place,
                        operation.getString(OP) + " " + operation.getString(PATH) + " does not fit to what is there");
            }
            if (copied >= MOST_COPIED) {
                throw Problem.VALIDATION_FAILED.at(
                        place, "copies more than " + MOST_COPIED + " values with those before it");
            }
        }
        if (result instanceof JsonObject object) {
            return object;
        }
        throw Problem.PATCH_NOT_APPLICABLE.with("What is described must stay an object");
    }

    private static JsonStructure apply(JsonObject operation, JsonStructure document, String place) {
        JsonPointer path = pointer(operation, PATH, place);
        return switch (operation.getString(OP)) {
            case "add" -> path.add(document, operation.get(VALUE));
            case REMOVE -> path.remove(document);
            case "replace" -> path.replace(document, operation.get(VALUE));
            case "copy" -> path.add(document, pointer(operation, FROM, place).getValue(document));
            case "move" -> {
                JsonPointer from = pointer(operation, FROM, place);
                JsonValue moved = from.getValue(document);
                yield path.add(from.remove(document), moved);
            }
            default -> {
                if (!path.containsValue(document) || !isSame(path.getValue(document), operation.get(VALUE))) {
                    throw Problem.PATCH_TEST_FAILED.at(
                            place, operation.getString(PATH) + " has another value, or none");
                }
                yield document;
            }
        };
    }

    /** Numbers are the same by their value (RFC 6902 §4.6): 1 and 1.0. */
    private static boolean isSame(JsonValue one, @Nullable JsonValue other) {
        if (one instanceof JsonNumber number && other instanceof JsonNumber otherNumber) {
            return number.bigDecimalValue().compareTo(otherNumber.bigDecimalValue()) == 0;
        }
        if (one instanceof JsonArray array && other instanceof JsonArray otherArray) {
            if (array.size() != otherArray.size()) {
                return false;
            }
            for (int index = 0; index < array.size(); index++) {
                if (!isSame(array.get(index), otherArray.get(index))) {
                    return false;
                }
            }
            return true;
        }
        if (one instanceof JsonObject object && other instanceof JsonObject otherObject) {
            return object.keySet().equals(otherObject.keySet())
                    && object.entrySet().stream()
                            .allMatch(member -> isSame(member.getValue(), otherObject.get(member.getKey())));
        }
        return one.equals(other);
    }

    /** How many values there are, itself one of them; no further than to the limit. */
    private static int size(JsonValue value, int limit) {
        int size = 1;
        Iterable<JsonValue> inside = value instanceof JsonArray array
                ? array
                : value instanceof JsonObject object ? object.values() : Set.<JsonValue>of();
        for (JsonValue child : inside) {
            if (size >= limit) {
                break;
            }
            size += size(child, limit - size);
        }
        return size;
    }
}
