package io.sluice.modelservice.configuration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The members of a JSON object, each of which is asked for by its type. */
final class Fields {

    private final String path;
    private final Map<?, ?> members;

    private Fields(String path, Map<?, ?> members) {
        this.path = path;
        this.members = members;
    }

    static Fields of(String path, Object value) {
        if (!(value instanceof Map<?, ?> members)) {
            throw new InvalidConfiguration(path, "must be an object");
        }
        return new Fields(path, members);
    }

    void requireOnly(String... known) {
        Set<String> names = Set.of(known);
        for (Object name : members.keySet()) {
            if (!names.contains(name)) {
                throw new InvalidConfiguration(
                        path + "." + name,
                        "is not known here: only " + listed(known, "and") + (known.length == 1 ? " is" : " are"));
            }
        }
    }

    private static String listed(String[] words, String last) {
        return words.length < 2
                ? String.join("", words)
                : String.join(", ", Arrays.copyOf(words, words.length - 1)) + " " + last + " "
                        + words[words.length - 1];
    }

    private InvalidConfiguration wrong(String name, String problem) {
        return new InvalidConfiguration(path + "." + name, problem);
    }

    @Nullable
    String text(String name) {
        Object value = members.get(name);
        if (value == null || value instanceof String text && !text.isEmpty()) {
            return (String) value;
        }
        throw wrong(name, "must be a text");
    }

    /** One of the constants, in the small letters and with the hyphens or humps that JSON has. */
    <E extends Enum<E>> @Nullable E choice(String name, Class<E> kind) {
        Object value = members.get(name);
        if (value == null) {
            return null;
        }
        String[] words =
                Arrays.stream(kind.getEnumConstants()).map(Fields::word).toArray(String[]::new);
        for (E constant : kind.getEnumConstants()) {
            if (word(constant).equals(value)) {
                return constant;
            }
        }
        throw wrong(name, "must be " + listed(words, "or"));
    }

    private static String word(Enum<?> constant) {
        String[] words = constant.name().toLowerCase(Locale.ROOT).split("_", -1);
        StringBuilder word = new StringBuilder(words[0]);
        for (int i = 1; i < words.length; i++) {
            word.append(Character.toUpperCase(words[i].charAt(0))).append(words[i].substring(1));
        }
        return word.toString();
    }

    @Nullable
    Boolean bool(String name) {
        Object value = members.get(name);
        if (value == null || value instanceof Boolean) {
            return (Boolean) value;
        }
        throw wrong(name, "must be true or false");
    }

    boolean bool(String name, boolean otherwise) {
        Boolean value = bool(name);
        return value == null ? otherwise : value;
    }

    @Nullable
    Integer whole(String name, int least, int most) {
        Object value = members.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Number number
                && number.doubleValue() == Math.rint(number.doubleValue())
                && number.doubleValue() >= least
                && number.doubleValue() <= most) {
            return number.intValue();
        }
        throw wrong(name, "must be a whole number from " + least + " to " + most);
    }

    int whole(String name, int least, int most, int otherwise) {
        Integer value = whole(name, least, most);
        return value == null ? otherwise : value;
    }

    @Nullable
    Double number(String name, double least, double most) {
        Object value = members.get(name);
        return value == null ? null : number(name, value, least, most);
    }

    double number(String name, double least, double most, double otherwise) {
        Double value = number(name, least, most);
        return value == null ? otherwise : value;
    }

    private double number(String name, Object value, double least, double most) {
        if (value instanceof Number number && number.doubleValue() >= least && number.doubleValue() <= most) {
            return number.doubleValue();
        }
        throw wrong(name, "must be a number from " + plain(least) + " to " + plain(most));
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }

    /** Three numbers, or one for all three. */
    List<Double> channels(String name, double least, double most, double otherwise) {
        Object value = members.get(name);
        if (value == null) {
            return List.of(otherwise, otherwise, otherwise);
        }
        if (!(value instanceof List<?> list)) {
            double one = number(name, value, least, most);
            return List.of(one, one, one);
        }
        if (list.size() != 1 && list.size() != 3) {
            throw wrong(name, "must have 1 or 3 numbers");
        }
        List<Double> numbers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int from = list.size() == 1 ? 0 : i;
            numbers.add(number(name + "[" + from + "]", Objects.requireNonNullElse(list.get(from), ""), least, most));
        }
        return List.copyOf(numbers);
    }
}
