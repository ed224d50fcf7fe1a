package io.sluice.kit.mongo;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.sluice.kit.error.Problem;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.bson.types.Decimal128;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * A JSON object that a client may fill as it likes, such as {@code metadata}. It comes back as it was given: keys may
 * hold {@code .} and {@code $}, which the database gets in a spelling it takes no meaning from.
 *
 * @param members in the order given; values are null, Boolean, Number, String, List or Map
 */
@JsonSerialize(using = JsonObjectSerializer.class)
public record JsonObject(@JsonValue Map<String, @Nullable Object> members) {

    /** An integer of so many bits has at most 34 digits, what a Decimal128 keeps exactly. */
    private static final int LONGEST_INTEGER_BITS = 112;

    public static final JsonObject EMPTY = new JsonObject(Map.of());

    public JsonObject {
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    @JsonCreator
    static JsonObject of(Map<String, @Nullable Object> members) {
        return new JsonObject(members);
    }

    /** The member object of that name; empty when there is none or it is something else. */
    public JsonObject object(String name) {
        return isObject(members.get(name)) ? new JsonObject(asObject(members.get(name))) : EMPTY;
    }

    /** This object with one member set. */
    public JsonObject with(String name, @Nullable Object value) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(members);
        changed.put(name, value instanceof JsonObject object ? object.members() : value);
        return new JsonObject(changed);
    }

    /** This object without one member. */
    public JsonObject without(String name) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(members);
        changed.remove(name);
        return new JsonObject(changed);
    }

    /** This object changed by a merge patch (RFC 7396): objects merge, null removes, anything else replaces. */
    public JsonObject merged(Map<String, ? extends @Nullable Object> patch) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(members);
        patch.forEach((name, value) -> {
            if (value == null) {
                changed.remove(name);
            } else if (isObject(value)) {
                JsonObject target = isObject(changed.get(name)) ? new JsonObject(asObject(changed.get(name))) : EMPTY;
                changed.put(name, target.merged(asObject(value)).members());
            } else {
                changed.put(name, value);
            }
        });
        return new JsonObject(changed);
    }

    /** How one key is spelled in the database; a dotted path is spelled key by key. */
    public static String storedKey(String key) {
        if (key.indexOf('~') < 0 && key.indexOf('.') < 0 && !key.startsWith("$")) {
            return key;
        }
        String spelled = key.replace("~", "~0").replace(".", "~1");
        return spelled.startsWith("$") ? "~2" + spelled.substring(1) : spelled;
    }

    /** The key that was given, of which this is the spelling in the database. */
    public static String givenKey(String stored) {
        if (stored.indexOf('~') < 0) {
            return stored;
        }
        String spelled = stored.startsWith("~2") ? "$" + stored.substring(2) : stored;
        return spelled.replace("~1", ".").replace("~0", "~");
    }

    /** The form in which the database keeps it. */
    public Document toDocument() {
        Document document = new Document();
        members.forEach((key, member) -> document.put(storedKey(key), stored(member)));
        return document;
    }

    /** What was kept in that form. */
    public static JsonObject fromDocument(Document document) {
        return new JsonObject(given(document));
    }

    private static Map<String, @Nullable Object> given(Map<String, @Nullable Object> stored) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        stored.forEach((key, member) -> members.put(givenKey(key), given(member)));
        return Collections.unmodifiableMap(members);
    }

    /** Whether a key has a dot, its own or one of an object in it. */
    public boolean hasDottedKey() {
        return hasDottedKey(members);
    }

    private static boolean hasDottedKey(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> member : map.entrySet()) {
                if (String.valueOf(member.getKey()).indexOf('.') >= 0 || hasDottedKey(member.getValue())) {
                    return true;
                }
            }
            return false;
        }
        return value instanceof List<?> list && list.stream().anyMatch(JsonObject::hasDottedKey);
    }

    /** About as many bytes as the database needs for it. */
    public long size() {
        return size(members);
    }

    private static long size(@Nullable Object value) {
        long size = 8;
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> member : map.entrySet()) {
                size += size(member.getKey()) + size(member.getValue());
            }
        } else if (value instanceof List<?> list) {
            for (Object member : list) {
                size += 8 + size(member);
            }
        } else if (value instanceof String text) {
            size += text.length();
        }
        return size;
    }

    /**
     * Refuses what cannot be kept as it is: a NUL in a key, half a character, a number of more than 34 digits or beyond
     * the doubles.
     *
     * @param field the name of the field, for the message
     * @return the value
     * @throws org.springframework.web.ErrorResponseException {@link Problem#VALIDATION_FAILED}
     */
    public static <T extends @Nullable Object> T requireStorable(String field, T value) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, member) -> {
                String name = String.valueOf(key);
                if (name.indexOf('\0') >= 0 || !isUnicode(name)) {
                    throw Problem.VALIDATION_FAILED.at(field, "has a key with a NUL or with half a character");
                }
                requireStorable(field + "." + name, member);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(member -> requireStorable(field, member));
        } else if (value instanceof BigInteger number && number.bitLength() > LONGEST_INTEGER_BITS) {
            throw Problem.VALIDATION_FAILED.at(field, "has more digits than can be kept; send it as a text");
        } else if (value instanceof Double number && !Double.isFinite(number)) {
            throw Problem.VALIDATION_FAILED.at(field, "is larger than a number can be; send it as a text");
        } else if (value instanceof String text && !isUnicode(text)) {
            throw Problem.VALIDATION_FAILED.at(field, "has half a character, a surrogate without its other half");
        }
        return value;
    }

    /** Whether a text has a UTF-8 form; half a surrogate pair has none, and no database keeps it as it is. */
    public static boolean isUnicode(String text) {
        return text.codePoints()
                .noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }

    private static @Nullable Object stored(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return new JsonObject(asObject(map)).toDocument();
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            list.forEach(member -> copy.add(stored(member)));
            return copy;
        }
        if (value instanceof BigInteger integer) {
            return new Decimal128(new BigDecimal(integer));
        }
        return value instanceof BigDecimal decimal ? new Decimal128(decimal) : value;
    }

    static @Nullable Object given(@Nullable Object value) {
        if (isObject(value)) {
            return given(asObject(value));
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            list.forEach(member -> copy.add(given(member)));
            return copy;
        }
        if (value instanceof Decimal128 decimal) {
            BigDecimal number = decimal.bigDecimalValue();
            return number.scale() <= 0 ? number.toBigInteger() : number;
        }
        return value;
    }

    private static boolean isObject(@Nullable Object value) {
        return value instanceof Map;
    }

    @SuppressWarnings("unchecked") // The keys of a JSON object are texts.
    private static Map<String, @Nullable Object> asObject(@Nullable Object value) {
        return value == null ? Map.of() : (Map<String, @Nullable Object>) value;
    }
}
