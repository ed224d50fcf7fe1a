package io.sluice.modelservice.configuration;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The schema of configurations as it is published, which every configuration that is saved is held against. Of JSON Schema
 * 2020-12 it knows what stands in it; a keyword that it does not know fails.
 */
public final class ConfigurationSchema {

    private static final String PATH = "configuration";
    private static final Set<String> NOTES = Set.of("$schema", "title", "description", "default");
    private static final byte[] DOCUMENT = read();
    private static final Map<String, Object> SCHEMA =
            JsonMapper.shared().readValue(DOCUMENT, new TypeReference<Map<String, Object>>() {});

    private ConfigurationSchema() {}

    private static byte[] read() {
        try (InputStream file = ConfigurationSchema.class.getResourceAsStream("/model-configuration.schema.json")) {
            return Objects.requireNonNull(file).readAllBytes();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The schema in JSON. */
    static byte[] document() {
        return DOCUMENT.clone();
    }

    /** @throws InvalidConfiguration with the field that is not as the schema says */
    public static void require(Map<String, ?> configuration) {
        InvalidConfiguration fault = fault(SCHEMA, PATH, configuration);
        if (fault != null) {
            throw fault;
        }
    }

    private static @Nullable InvalidConfiguration fault(Map<?, ?> schema, String path, @Nullable Object value) {
        return schema.entrySet().stream()
                .filter(keyword -> !NOTES.contains(keyword.getKey()))
                .map(keyword -> fault(schema, (String) keyword.getKey(), keyword.getValue(), path, value))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable InvalidConfiguration fault(
            Map<?, ?> schema, String keyword, Object said, String path, @Nullable Object value) {
        Map<?, ?> members = value instanceof Map<?, ?> map ? map : Map.of();
        List<?> elements = value instanceof List<?> list ? list : List.of();
        return switch (keyword) {
            case "type" -> unless(isOf((String) said, value), path, "must be of the type " + said);
            case "const" -> unless(isSame(said, value), path, "must be " + said);
            case "enum" ->
                unless(((List<?>) said).stream().anyMatch(one -> isSame(one, value)), path, "must be one of " + said);
            case "minimum" -> unless(compared(value, said) >= 0, path, "must be " + said + " at least");
            case "maximum" -> unless(compared(value, said) <= 0, path, "must be " + said + " at most");
            case "minLength" ->
                unless(
                        !(value instanceof String text) || text.length() >= (Integer) said,
                        path,
                        "must have " + said + " characters at least");
            case "pattern" ->
                unless(
                        !(value instanceof String text) || text.matches((String) said),
                        path,
                        "must be of the form " + said);
            case "minItems" ->
                unless(
                        !(value instanceof List) || elements.size() >= (Integer) said,
                        path,
                        "must have " + said + " elements at least");
            case "maxItems" ->
                unless(elements.size() <= (Integer) said, path, "must have " + said + " elements at most");
            case "items" -> {
                InvalidConfiguration found = null;
                for (int i = 0; i < elements.size() && found == null; i++) {
                    found = fault((Map<?, ?>) said, path + "[" + i + "]", elements.get(i));
                }
                yield found;
            }
            case "required" ->
                value instanceof Map
                        ? first(
                                (List<?>) said,
                                name -> unless(members.containsKey(name), path + "." + name, "is missing"))
                        : null;
            case "properties" ->
                first(
                        ((Map<?, ?>) said).entrySet(),
                        property -> members.containsKey(property.getKey())
                                ? fault(
                                        (Map<?, ?>) property.getValue(),
                                        path + "." + property.getKey(),
                                        members.get(property.getKey()))
                                : null);
            case "propertyNames" -> first(members.keySet(), name -> fault((Map<?, ?>) said, path + "." + name, name));
            case "additionalProperties" -> first(members.entrySet(), member -> other(schema, said, path, member));
            case "dependentRequired" ->
                first(
                        ((Map<?, ?>) said).entrySet(),
                        needs -> members.containsKey(needs.getKey())
                                ? fault(schema, "required", needs.getValue(), path, value)
                                : null);
            case "not" -> unless(fault((Map<?, ?>) said, path, value) != null, path, "must not be so: " + said);
            case "oneOf" -> oneOf((List<?>) said, path, value);
            default -> throw new IllegalArgumentException("Not known: " + keyword);
        };
    }

    private static @Nullable InvalidConfiguration other(
            Map<?, ?> schema, Object said, String path, Map.Entry<?, ?> member) {
        if (schema.get("properties") instanceof Map<?, ?> known && known.containsKey(member.getKey())) {
            return null;
        }
        String field = path + "." + member.getKey();
        return said instanceof Map<?, ?> others
                ? fault(others, field, member.getValue())
                : unless((Boolean) said, field, "is not known here");
    }

    /** What is wrong is told by the alternative of the same kind, if one is. */
    private static @Nullable InvalidConfiguration oneOf(List<?> said, String path, @Nullable Object value) {
        long fitting = said.stream()
                .filter(one -> fault((Map<?, ?>) one, path, value) == null)
                .count();
        if (fitting == 1) {
            return null;
        }
        return said.stream()
                .map(one -> fault((Map<?, ?>) one, path, value))
                .filter(Objects::nonNull)
                .filter(fault ->
                        fault.field().length() > path.length() && !fault.field().equals(path + ".kind"))
                .findFirst()
                .orElseGet(() -> new InvalidConfiguration(path, "must be as one of the forms of the schema"));
    }

    private interface Check<T> {
        @Nullable
        InvalidConfiguration fault(T of);
    }

    private static <T> @Nullable InvalidConfiguration first(Iterable<T> all, Check<? super T> check) {
        for (T one : all) {
            InvalidConfiguration fault = check.fault(one);
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }

    private static @Nullable InvalidConfiguration unless(boolean isRight, String path, String problem) {
        return isRight ? null : new InvalidConfiguration(path, problem);
    }

    private static boolean isOf(String type, @Nullable Object value) {
        return switch (type) {
            case "object" -> value instanceof Map;
            case "array" -> value instanceof List;
            case "string" -> value instanceof String;
            case "boolean" -> value instanceof Boolean;
            case "number" -> value instanceof Number;
            case "integer" ->
                value instanceof Number number
                        && decimal(number).stripTrailingZeros().scale() <= 0;
            default -> throw new IllegalArgumentException("Not known: " + type);
        };
    }

    private static boolean isSame(Object one, @Nullable Object other) {
        return one instanceof Number && other instanceof Number ? compared(other, one) == 0 : one.equals(other);
    }

    /** 0 when it is no number. */
    private static int compared(@Nullable Object value, Object bound) {
        return value instanceof Number number ? decimal(number).compareTo(decimal((Number) bound)) : 0;
    }

    private static BigDecimal decimal(Number number) {
        return new BigDecimal(number.toString());
    }
}
