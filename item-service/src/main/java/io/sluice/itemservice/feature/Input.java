package io.sluice.itemservice.feature;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;

/**
 * One object of a request, whose members are looked at one by one.
 *
 * @param where what its members' names follow in messages, such as {@code [3].}
 */
record Input(Map<String, @Nullable Object> members, String where) {

    /** The objects of a request that has one or a list of them. */
    static List<Input> each(Object body, int most, String what) {
        if (!(body instanceof List<?> all)) {
            return List.of(of(body, "body", ""));
        }
        if (all.size() > most) {
            throw Problem.CONTENT_TOO_LARGE.with(
                    "A request may make at most " + most + " " + what + "; send several requests");
        }
        return IntStream.range(0, all.size())
                .mapToObj(index -> of(all.get(index), "[" + index + "]", "[" + index + "]."))
                .toList();
    }

    @SuppressWarnings("unchecked") // The keys of a JSON object are texts.
    private static Input of(@Nullable Object value, String name, String where) {
        if (value instanceof Map<?, ?> map) {
            return new Input((Map<String, @Nullable Object>) map, where);
        }
        throw Problem.VALIDATION_FAILED.at(name, "must be an object");
    }

    ErrorResponseException invalid(String key, String message) {
        return Problem.VALIDATION_FAILED.at(where + key, message);
    }

    boolean has(String key) {
        return members.get(key) != null;
    }

    String text(String key, int longest) {
        String text = optionalText(key, longest);
        if (text == null) {
            throw invalid(key, "is missing");
        }
        if (text.isEmpty()) {
            throw invalid(key, "must have 1 to " + longest + " characters");
        }
        return text;
    }

    @Nullable
    String optionalText(String key, int longest) {
        Object value = members.get(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof String text)) {
            throw invalid(key, "must be a text");
        }
        if (text.length() > longest) {
            throw invalid(key, "must have at most " + longest + " characters");
        }
        return JsonObject.requireStorable(where + key, text);
    }

    int number(String key, int least, int most) {
        Object value = members.get(key);
        if (value == null) {
            throw invalid(key, "is missing");
        }
        if (!(value instanceof Number number)
                || number.doubleValue() != Math.rint(number.doubleValue())
                || number.doubleValue() < least
                || number.doubleValue() > most) {
            throw invalid(key, "must be a whole number from " + least + " to " + most);
        }
        return number.intValue();
    }

    List<String> texts(String key, int most, int longest) {
        Object value = members.get(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list) || list.size() > most) {
            throw invalid(key, "must be a list of at most " + most + " texts");
        }
        return IntStream.range(0, list.size())
                .mapToObj(index -> list.get(index) instanceof String text && text.length() <= longest
                        ? JsonObject.requireStorable(where + key, text)
                        : refuse(key + "[" + index + "]", longest))
                .toList();
    }

    private String refuse(String key, int longest) {
        throw invalid(key, "must be a text of at most " + longest + " characters");
    }
}
