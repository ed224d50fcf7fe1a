package io.sluice.kit.mongo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonReader;
import org.bson.BsonType;
import org.bson.codecs.Decoder;
import org.bson.codecs.DecoderContext;
import org.jspecify.annotations.Nullable;

/** Reads a {@link JsonObject} from what the database sends, without a document in between. */
public final class JsonObjectDecoder implements Decoder<JsonObject> {

    @Override
    public JsonObject decode(BsonReader reader, DecoderContext context) {
        return new JsonObject(members(reader));
    }

    private static Map<String, @Nullable Object> members(BsonReader reader) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        reader.readStartDocument();
        while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
            members.put(JsonObject.givenKey(reader.readName()), value(reader));
        }
        reader.readEndDocument();
        return Collections.unmodifiableMap(members);
    }

    private static List<@Nullable Object> elements(BsonReader reader) {
        List<@Nullable Object> elements = new ArrayList<>();
        reader.readStartArray();
        while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
            elements.add(value(reader));
        }
        reader.readEndArray();
        return elements;
    }

    private static @Nullable Object value(BsonReader reader) {
        return switch (reader.getCurrentBsonType()) {
            case NULL -> {
                reader.readNull();
                yield null;
            }
            case STRING -> reader.readString();
            case BOOLEAN -> reader.readBoolean();
            case INT32 -> reader.readInt32();
            case INT64 -> reader.readInt64();
            case DOUBLE -> reader.readDouble();
            case DECIMAL128 -> JsonObject.given(reader.readDecimal128());
            case DOCUMENT -> members(reader);
            case ARRAY -> elements(reader);
            case DATE_TIME -> new Date(reader.readDateTime());
            default -> throw new IllegalStateException(reader.getCurrentBsonType() + " is nothing that JSON has");
        };
    }
}
