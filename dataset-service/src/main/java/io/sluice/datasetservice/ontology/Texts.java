package io.sluice.datasetservice.ontology;

import io.sluice.kit.error.Problem;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Texts that a client has sent where the type of the body does not say so. */
final class Texts {

    /** The longest text of an ontology, in characters: titles, keys, values. */
    static final int LONGEST = 1_024;

    private Texts() {}

    static String one(String field, @Nullable Object given) {
        if (given instanceof String text && text.length() <= LONGEST) {
            return text;
        }
        throw Problem.VALIDATION_FAILED.at(field, "must be a text of at most " + LONGEST + " characters");
    }

    /** As {@link #one}, but not blank and without control characters. */
    static String name(String field, @Nullable Object given) {
        String text = one(field, given);
        if (text.isBlank() || text.chars().anyMatch(Character::isISOControl)) {
            throw Problem.VALIDATION_FAILED.at(field, "must not be empty or hold control characters");
        }
        return text;
    }

    static List<String> list(String field, @Nullable Object given, int most) {
        if (!(given instanceof List<?> list) || list.size() > most) {
            throw Problem.VALIDATION_FAILED.at(field, "must be a list of at most " + most + " texts");
        }
        return IntStream.range(0, list.size())
                .mapToObj(index -> one(field + "[" + index + "]", list.get(index)))
                .toList();
    }
}
