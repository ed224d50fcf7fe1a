package io.sluice.modelservice.configuration;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** As much of JSON Schema 2020-12 as our schema needs; a keyword that it does not know fails. */
final class SimpleSchema {

    private static final Set<String> NOTES = Set.of("$schema", "title", "description", "default");

    private SimpleSchema() {}

    static boolean takes(Map<?, ?> schema, Object value) {
        return schema.entrySet().stream()
                .allMatch(keyword -> NOTES.contains(keyword.getKey())
                        || takes(schema, (String) keyword.getKey(), keyword.getValue(), value));
    }

    private static boolean takes(Map<?, ?> schema, String keyword, Object said, Object value) {
        Map<?, ?> object = value instanceof Map<?, ?> map ? map : Map.of();
        return switch (keyword) {
            case "type" -> isOf((String) said, value);
            case "const" ->
                said instanceof Number && value instanceof Number
                        ? decimal(said).compareTo(decimal(value)) == 0
                        : said.equals(value);
            case "enum" -> ((Collection<?>) said).contains(value);
            case "minimum" -> !(value instanceof Number) || decimal(value).compareTo(decimal(said)) >= 0;
            case "maximum" -> !(value instanceof Number) || decimal(value).compareTo(decimal(said)) <= 0;
            case "minLength" -> !(value instanceof String text) || text.length() >= (Integer) said;
            case "pattern" -> !(value instanceof String text) || text.matches((String) said);
            case "minItems" -> !(value instanceof List<?> list) || list.size() >= (Integer) said;
            case "maxItems" -> !(value instanceof List<?> list) || list.size() <= (Integer) said;
            case "items" ->
                !(value instanceof List<?> list) || list.stream().allMatch(item -> takes((Map<?, ?>) said, item));
            case "required" -> !(value instanceof Map) || object.keySet().containsAll((Collection<?>) said);
            case "not" -> !takes((Map<?, ?>) said, value);
            case "oneOf" ->
                ((Collection<?>) said)
                                .stream()
                                        .filter(one -> takes((Map<?, ?>) one, value))
                                        .count()
                        == 1;
            case "properties" ->
                ((Map<?, ?>) said)
                        .entrySet().stream()
                                .allMatch(property -> !object.containsKey(property.getKey())
                                        || takes(
                                                (Map<?, ?>) property.getValue(),
                                                Objects.requireNonNull(object.get(property.getKey()))));
            case "propertyNames" -> object.keySet().stream().allMatch(name -> takes((Map<?, ?>) said, name));
            case "additionalProperties" ->
                object.keySet().stream()
                        .filter(name ->
                                !(schema.get("properties") instanceof Map<?, ?> known) || !known.containsKey(name))
                        .allMatch(name -> said instanceof Map<?, ?> other
                                && takes(other, Objects.requireNonNull(object.get(name))));
            case "dependentRequired" ->
                ((Map<?, ?>) said)
                        .entrySet().stream()
                                .allMatch(needs -> !object.containsKey(needs.getKey())
                                        || object.keySet().containsAll((Collection<?>) needs.getValue()));
            default -> throw new IllegalArgumentException("Not known: " + keyword);
        };
    }

    private static boolean isOf(String type, Object value) {
        return switch (type) {
            case "object" -> value instanceof Map;
            case "array" -> value instanceof List;
            case "string" -> value instanceof String;
            case "boolean" -> value instanceof Boolean;
            case "number" -> value instanceof Number;
            case "integer" ->
                value instanceof Number && decimal(value).stripTrailingZeros().scale() <= 0;
            default -> throw new IllegalArgumentException("Not known: " + type);
        };
    }

    private static BigDecimal decimal(Object number) {
        return new BigDecimal(number.toString());
    }
}
