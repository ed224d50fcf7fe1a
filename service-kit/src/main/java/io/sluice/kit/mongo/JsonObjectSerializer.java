package io.sluice.kit.mongo;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/**
 * Writes a {@link JsonObject} as Jackson would by itself, which would look for a way to write each map and each of its
 * values anew, every time: longer than it takes to write them.
 */
final class JsonObjectSerializer extends ValueSerializer<JsonObject> {

    @Override
    public void serialize(JsonObject object, JsonGenerator json, SerializationContext context) {
        write(object.members(), json, context);
    }

    private static void write(@Nullable Object value, JsonGenerator json, SerializationContext context) {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Number number) {
            writeNumber(number, json, context);
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject(map);
            for (Map.Entry<?, ?> member : map.entrySet()) {
                json.writeName(String.valueOf(member.getKey()));
                write(member.getValue(), json, context);
            }
            json.writeEndObject();
        } else if (value instanceof List<?> list) {
            json.writeStartArray(list, list.size());
            for (Object element : list) {
                write(element, json, context);
            }
            json.writeEndArray();
        } else {
            context.writeValue(json, value);
        }
    }

    private static void writeNumber(Number number, JsonGenerator json, SerializationContext context) {
        if (number instanceof Integer integer) {
            json.writeNumber(integer.intValue());
        } else if (number instanceof Long integer) {
            json.writeNumber(integer.longValue());
        } else if (number instanceof Double decimal) {
            json.writeNumber(decimal.doubleValue());
        } else if (number instanceof BigInteger integer) {
            json.writeNumber(integer);
        } else if (number instanceof BigDecimal decimal) {
            json.writeNumber(decimal);
        } else {
            context.writeValue(json, number);
        }
    }
}
