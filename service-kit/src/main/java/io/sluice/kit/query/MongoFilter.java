package io.sluice.kit.query;

import com.mongodb.client.model.Filters;
import io.sluice.kit.error.Problem;
import io.sluice.kit.query.Condition.All;
import io.sluice.kit.query.Condition.Any;
import io.sluice.kit.query.Condition.Elements;
import io.sluice.kit.query.Condition.Joined;
import io.sluice.kit.query.Condition.Test;
import io.sluice.kit.query.FieldMapping.Field;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * Words a {@link Condition} for MongoDB with the meaning of contract core §9.7. Every value of the client stands where
 * only a value can stand, so none can act as an operator.
 */
public final class MongoFilter {

    private static final Bson NOTHING = Filters.in("_id", List.of());
    private static final Bson EVERYTHING = new Document();

    /** All types that a value can have, but null. */
    private static final List<String> NOT_NULL = List.of(
            "string", "int", "long", "double", "decimal", "bool", "object", "array", "date", "objectId", "binData");

    /** MongoDB takes a query of 16 MiB; a character may be three bytes. */
    private static final long MOST_WEIGHT = 4L * 1024 * 1024;

    private static final FieldMapping OF_ELEMENT = Field::ofElement;

    private static final int DATE_ONLY = "2026-11-21".length();
    private static final Pattern SPECIAL = Pattern.compile("[\\\\^$.|?*+()\\[\\]{}/\\-#&~<>=!:, ]");

    private final FieldMapping fields;

    /** For an element of a list, which is the client's from its first key on. */
    private final MongoFilter ofElement;

    public MongoFilter(FieldMapping fields) {
        this(fields, new MongoFilter(OF_ELEMENT, null));
    }

    private MongoFilter(FieldMapping fields, @Nullable MongoFilter ofElement) {
        this.fields = fields;
        this.ofElement = ofElement == null ? this : ofElement;
    }

    /**
     * The same for documents in which no key of a client's JSON has a dot. It finds the same in them, and the database has
     * less to plan: a path of four keys has seven readings otherwise.
     */
    public MongoFilter withoutDottedKeys() {
        return new MongoFilter(fields.inOneReading(), new MongoFilter(OF_ELEMENT.inOneReading(), null));
    }

    /** Whether a condition has a path of several readings, so that it matters whether keys have dots. */
    public boolean isAmbiguous(Condition condition) {
        if (condition instanceof All all) {
            return all.conditions().stream().anyMatch(this::isAmbiguous);
        }
        if (condition instanceof Any any) {
            return any.conditions().stream().anyMatch(this::isAmbiguous);
        }
        if (condition instanceof Elements elements) {
            return readings(elements.path()) > 1 || ofElement.isAmbiguous(elements.element());
        }
        return condition instanceof Test test && readings(test.path()) > 1;
    }

    /** The filter that finds what the condition describes. */
    public Bson of(Condition condition) {
        if (weight(condition) > MOST_WEIGHT) {
            throw Problem.QUERY_TOO_EXPENSIVE.at("filter", "has more values than one query may; ask in parts");
        }
        return worded(condition);
    }

    private Bson worded(Condition condition) {
        if (condition instanceof All all) {
            return combined(all.conditions(), true);
        }
        if (condition instanceof Any any) {
            return combined(any.conditions(), false);
        }
        if (condition instanceof Joined) {
            return EVERYTHING;
        }
        return condition instanceof Elements elements ? elements(elements) : test((Test) condition);
    }

    /** About as many bytes as the operands take, each once for every reading of its path. */
    private long weight(Condition condition) {
        if (condition instanceof All all) {
            return all.conditions().stream().mapToLong(this::weight).sum();
        }
        if (condition instanceof Any any) {
            return any.conditions().stream().mapToLong(this::weight).sum();
        }
        if (condition instanceof Elements elements) {
            return readings(elements.path()) * (64 + ofElement.weight(elements.element()));
        }
        if (condition instanceof Joined) {
            return 0;
        }
        Test test = (Test) condition;
        return readings(test.path()) * weightOf(test.operand());
    }

    private long readings(String path) {
        Field field = fields.resolve(path);
        return field == null ? 0 : 1L + field.otherPaths().size();
    }

    private static long weightOf(@Nullable Object operand) {
        if (operand instanceof List<?> list) {
            return list.stream().mapToLong(MongoFilter::weightOf).sum();
        }
        if (operand instanceof Map<?, ?> map) {
            return MemberOrders.count(map)
                    * map.entrySet().stream()
                            .mapToLong(member -> weightOf(member.getKey()) + weightOf(member.getValue()))
                            .sum();
        }
        return 16 + (operand instanceof String text ? text.length() : 0);
    }

    /** The order; it always ends in the id, so that pages neither repeat nor skip an entry. */
    public Bson order(List<Query.SortKey> keys) {
        Document order = new Document();
        for (Query.SortKey key : keys) {
            Field field = fields.resolve(key.path());
            if (field != null) {
                order.putIfAbsent(field.path(), key.ascending() ? 1 : -1);
            }
        }
        order.putIfAbsent("_id", 1);
        return order;
    }

    private Bson combined(List<Condition> conditions, boolean all) {
        List<Bson> parts =
                all ? parts(conditions) : conditions.stream().map(this::worded).toList();
        if (parts.isEmpty()) {
            return EVERYTHING;
        }
        if (parts.size() == 1) {
            return parts.get(0);
        }
        return all ? Filters.and(parts) : Filters.or(parts);
    }

    /** A range is asked for as a whole, so that an index is read from its one end to its other only. */
    private List<Bson> parts(List<Condition> conditions) {
        Map<String, List<Test>> ranges = new LinkedHashMap<>();
        List<Bson> parts = new ArrayList<>();
        for (Condition condition : conditions) {
            if (condition instanceof Test test && test.operator().isOfOrder()) {
                ranges.computeIfAbsent(test.path(), path -> new ArrayList<>()).add(test);
            } else {
                parts.add(worded(condition));
            }
        }
        ranges.forEach((path, range) -> parts.add(range(path, range)));
        return parts;
    }

    private Bson range(String path, List<Test> bounds) {
        Field field = fields.resolve(path);
        return field == null
                ? NOTHING
                : somewhere(field, stored -> {
                    List<Bson> all = bounds.stream()
                            .map(bound -> compared(field, stored, bound))
                            .toList();
                    return all.size() == 1 ? all.get(0) : Filters.and(all);
                });
    }

    private static Bson compared(Field field, String path, Test bound) {
        Object operand = stored(field, Objects.requireNonNull(bound.operand()), bound);
        return new Document(path, new Document(bound.operator().wireName(), operand));
    }

    private Bson elements(Elements test) {
        Field field = fields.resolve(test.path());
        if (field == null) {
            return NOTHING;
        }
        List<Test> itself = itself(test.element());
        if (!test.every()) {
            Bson passes = itself.isEmpty() ? ofElement.worded(test.element()) : comparisons(itself);
            return somewhere(field, path -> Filters.elemMatch(path, passes));
        }
        List<Bson> failures = new ArrayList<>();
        if (itself.isEmpty()) {
            failures.add(negated(ofElement.worded(test.element())));
            failures.add(failing(new Document("$type", "object")));
        } else {
            itself.forEach(one -> failures.add(failing(comparisons(List.of(one)))));
        }
        return somewhere(field, path -> {
            List<Bson> all = new ArrayList<>();
            all.add(Filters.elemMatch(path, new Document("$exists", true)));
            failures.forEach(failure -> all.add(negated(Filters.elemMatch(path, failure))));
            return Filters.and(all);
        });
    }

    private static Document failing(Document comparison) {
        return new Document("$not", comparison);
    }

    /** The tests of an element as a whole; empty when its members are tested. */
    private static List<Test> itself(Condition element) {
        List<Condition> all = element instanceof All group ? group.conditions() : List.of(element);
        return all.stream()
                .filter(Test.class::isInstance)
                .map(Test.class::cast)
                .filter(test -> test.path().equals(Test.ITSELF))
                .toList();
    }

    /** What {@code $elemMatch} takes for an element that is no object: operators, each once. */
    private static Document comparisons(List<Test> tests) {
        Document comparisons = new Document();
        for (Test test : tests) {
            Object operand = test.operand();
            switch (test.operator()) {
                case EQUAL, GLOB -> add(comparisons, "$in", values(operand));
                case NOT_EQUAL -> add(comparisons, "$nin", values(operand));
                case IN -> add(comparisons, "$in", valuesOf(operand));
                case NOT_IN -> add(comparisons, "$nin", valuesOf(operand));
                case EXISTS -> add(comparisons, Boolean.TRUE.equals(operand) ? "$nin" : "$in", values(null));
                case GREATER -> comparisons.put("$gt", operand);
                case GREATER_OR_EQUAL -> comparisons.put("$gte", operand);
                case LESS -> comparisons.put("$lt", operand);
                case LESS_OR_EQUAL -> comparisons.put("$lte", operand);
            }
        }
        return comparisons;
    }

    private static void add(Document comparisons, String operator, List<@Nullable Object> values) {
        List<@Nullable Object> before = comparisons.getList(operator, Object.class);
        if (before == null) {
            comparisons.put(operator, values);
        } else if (operator.equals("$nin")) {
            before.addAll(values);
        } else {
            // To be one of these and one of those.
            Document both = comparisons.get("$not", new Document("$nin", values));
            if (comparisons.putIfAbsent("$not", both) != null) {
                throw Problem.INVALID_QUERY.at(
                        "filter", "may compare an element by two of $eq, $in, $glob and $exists at most");
            }
        }
    }

    private static List<@Nullable Object> valuesOf(@Nullable Object operands) {
        List<@Nullable Object> all = new ArrayList<>();
        ((List<?>) Objects.requireNonNull(operands)).forEach(operand -> all.addAll(values(operand)));
        return all;
    }

    /** The values that pass for one of the client's JSON: a pattern for wildcards, an object in every order. */
    private static List<@Nullable Object> values(@Nullable Object operand) {
        return operand instanceof String text && hasWildcards(text)
                ? new ArrayList<>(List.of(wildcard(text)))
                : MemberOrders.of(operand);
    }

    private Bson test(Test test) {
        Field field = fields.resolve(test.path());
        if (field == null) {
            return isTrueOfAbsent(test) ? EVERYTHING : NOTHING;
        }
        return switch (test.operator()) {
            case EQUAL, GLOB -> equal(field, test.operand(), test);
            case NOT_EQUAL -> negated(equal(field, test.operand(), test));
            case IN -> in(field, test);
            case NOT_IN -> negated(in(field, test));
            case EXISTS -> Boolean.TRUE.equals(test.operand()) ? present(field) : negated(present(field));
            case GREATER, GREATER_OR_EQUAL, LESS, LESS_OR_EQUAL -> range(test.path(), List.of(test));
        };
    }

    private static Bson somewhere(Field field, Function<String, Bson> filter) {
        Bson first = filter.apply(field.path());
        if (field.otherPaths().isEmpty()) {
            return first;
        }
        List<Bson> all = new ArrayList<>(List.of(first));
        field.otherPaths().forEach(path -> all.add(filter.apply(path)));
        return Filters.or(all);
    }

    private static Bson negated(Bson filter) {
        return Filters.nor(filter);
    }

    /** Some value that is not null; {@code {$ne: null}} would ask that of every element of a list. */
    private static Bson present(Field field) {
        return somewhere(field, path -> new Document(path, new Document("$type", NOT_NULL)));
    }

    private static Bson in(Field field, Test test) {
        List<?> operands = (List<?>) Objects.requireNonNull(test.operand());
        List<Bson> special = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        for (Object operand : operands) {
            if (operand == null || isFalseFlag(field, operand)) {
                special.add(equal(field, operand, test));
            } else if (operand instanceof Map<?, ?> && field.type() == FieldMapping.Type.JSON) {
                values.addAll(MemberOrders.of(operand));
            } else if (!isUnknownId(field, operand)) {
                values.add(storedOrPattern(field, operand, test));
            }
        }
        special.add(somewhere(field, path -> Filters.in(path, values)));
        return special.size() == 1 ? special.get(0) : Filters.or(special);
    }

    private static Bson equal(Field field, @Nullable Object operand, Test test) {
        if (operand == null) {
            return negated(present(field));
        }
        if (isFalseFlag(field, operand)) {
            return Filters.ne(field.path(), true);
        }
        if (isUnknownId(field, operand)) {
            return NOTHING;
        }
        if (operand instanceof Map<?, ?> && field.type() == FieldMapping.Type.JSON) {
            return somewhere(field, path -> Filters.in(path, MemberOrders.of(operand)));
        }
        Object value = storedOrPattern(field, operand, test);
        return somewhere(
                field,
                path -> value instanceof Pattern pattern ? Filters.regex(path, pattern) : Filters.eq(path, value));
    }

    private static boolean isFalseFlag(Field field, Object operand) {
        return field.type() == FieldMapping.Type.FLAG && Boolean.FALSE.equals(operand);
    }

    /** A malformed id is the id of nothing. */
    private static boolean isUnknownId(Field field, Object operand) {
        return field.type() == FieldMapping.Type.ID && !(operand instanceof String text && ObjectId.isValid(text));
    }

    private static Object storedOrPattern(Field field, Object operand, Test test) {
        if (field.type() == FieldMapping.Type.JSON && operand instanceof String text && hasWildcards(text)) {
            return wildcard(text);
        }
        return stored(field, operand, test);
    }

    private static boolean hasWildcards(String text) {
        return text.chars().anyMatch(MongoFilter::isWildcard);
    }

    static boolean isWildcard(int character) {
        return character == '*' || character == '?';
    }

    private static Object stored(Field field, Object operand, Test test) {
        return switch (field.type()) {
            case JSON -> operand;
            case FLAG -> {
                if (operand instanceof Map<?, ?>) {
                    throw Problem.INVALID_QUERY.at(test.path(), "must be compared with true or false");
                }
                yield operand;
            }
            case ID -> {
                if (operand instanceof String text && ObjectId.isValid(text)) {
                    yield new ObjectId(text);
                }
                throw Problem.INVALID_QUERY.at(test.path(), "must be compared with an id of 24 hexadecimal characters");
            }
            case DATE -> date(operand, test);
        };
    }

    private static Date date(Object operand, Test test) {
        if (operand instanceof Number millis) {
            return new Date(millis.longValue());
        }
        String text = String.valueOf(operand);
        try {
            return Date.from(instant(text));
        } catch (DateTimeException | IllegalArgumentException notADate) {
            throw Problem.INVALID_QUERY.at(
                    test.path(), "must be compared with a date such as 2026-11-21 or 2026-11-21T08:30:00.000Z");
        }
    }

    /** What says no offset is in UTC, as Python's {@code datetime.utcnow().isoformat()} means it. */
    private static Instant instant(String text) {
        if (text.length() == DATE_ONLY) {
            return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        TemporalAccessor time = DateTimeFormatter.ISO_DATE_TIME.parseBest(text, Instant::from, LocalDateTime::from);
        return time instanceof LocalDateTime local ? local.toInstant(ZoneOffset.UTC) : (Instant) time;
    }

    /**
     * {@code *} stands for any characters, also {@code /}; {@code ?} for one (contract core §9.4). A pattern that only
     * ends in {@code *} becomes a plain prefix, which an index can serve. What has matched up to a {@code *} is not
     * tried in another way again: it would not help, and a text of a few stars would keep the database busy for ever.
     */
    static Pattern wildcard(String text) {
        String[] pieces = text.split("\\*+", -1);
        int last = pieces.length - 1;
        StringBuilder regex = new StringBuilder("^").append(literal(pieces[0]));
        for (int index = 1; index < last; index++) {
            regex.append("(?>[\\s\\S]*?").append(literal(pieces[index])).append(')');
        }
        if (last == 0) {
            return Pattern.compile(regex.append("\\z").toString());
        }
        if (!pieces[last].isEmpty()) {
            regex.append("[\\s\\S]*").append(literal(pieces[last])).append("\\z");
        }
        return Pattern.compile(regex.toString());
    }

    /** Text without {@code *} as a regular expression, in which only {@code ?} has a meaning. */
    private static StringBuilder literal(String text) {
        StringBuilder regex = new StringBuilder();
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            if (character == '?') {
                regex.append("[\\s\\S]");
            } else if (character == '\0') {
                regex.append("\\x00");
            } else if (SPECIAL.matcher(String.valueOf(character)).matches()) {
                regex.append('\\').append(character);
            } else {
                regex.append(character);
            }
        }
        return regex;
    }

    private static boolean isTrueOfAbsent(Test test) {
        return switch (test.operator()) {
            case EQUAL -> test.operand() == null;
            case NOT_EQUAL -> test.operand() != null;
            case IN -> ((List<?>) Objects.requireNonNull(test.operand())).contains(null);
            case NOT_IN -> !((List<?>) Objects.requireNonNull(test.operand())).contains(null);
            case EXISTS -> Boolean.FALSE.equals(test.operand());
            case GREATER, GREATER_OR_EQUAL, LESS, LESS_OR_EQUAL, GLOB -> false;
        };
    }
}
