package io.sluice.kit.query;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A condition of the query language (contract core §9.3), parsed and checked; none of a client's words is an operator of the database. */
public sealed interface Condition {

    /** All hold; true when there are none. */
    record All(List<Condition> conditions) implements Condition {
        public All {
            conditions = List.copyOf(conditions);
        }
    }

    /** At least one holds. */
    record Any(List<Condition> conditions) implements Condition {
        public Any {
            conditions = List.copyOf(conditions);
        }
    }

    /**
     * A test of one field.
     *
     * @param path the dotted path as the client wrote it
     * @param operand a JSON value: null, Boolean, Number, String, List or Map; a list for IN and NOT_IN, a Boolean for
     *     EXISTS, a String for GLOB
     */
    record Test(String path, Operator operator, @Nullable Object operand) implements Condition {

        /** The path of an element of a list that is tested as a whole. */
        static final String ITSELF = "";
    }

    /**
     * A test of the elements of a list.
     *
     * @param path the dotted path as the client wrote it
     * @param every whether there are elements and every one passes; otherwise one that passes is enough
     * @param element what one element has to pass all by itself; paths in it begin at the element
     */
    record Elements(String path, boolean every, Condition element) implements Condition {}

    /**
     * A test of what belongs to an entry, or of what it belongs to, in another collection (contract core §9.5): one of those
     * passes all of it. The database is asked in two steps; {@link MongoFilter} leaves this one to whoever asks.
     *
     * @param filter what one of them has to be
     */
    record Joined(Condition filter) implements Condition {

        /** The one that has to hold beside everything else; null when nothing is joined. */
        public static @Nullable Joined in(Condition condition) {
            if (condition instanceof Joined joined) {
                return joined;
            }
            return condition instanceof All all
                    ? all.conditions().stream()
                            .map(Joined::in)
                            .filter(Objects::nonNull)
                            .findFirst()
                            .orElse(null)
                    : null;
        }
    }

    /** What a {@link Test} compares; the names on the wire are the SDK's (contract core §9.3). */
    enum Operator {
        EQUAL("$eq"),
        NOT_EQUAL("$ne"),
        IN("$in"),
        NOT_IN("$nin"),
        GREATER("$gt"),
        GREATER_OR_EQUAL("$gte"),
        LESS("$lt"),
        LESS_OR_EQUAL("$lte"),
        EXISTS("$exists"),
        GLOB("$glob");

        private final String wireName;

        Operator(String wireName) {
            this.wireName = wireName;
        }

        String wireName() {
            return wireName;
        }

        /** Whether it asks what comes before or after its operand; two of them are a range. */
        boolean isOfOrder() {
            return switch (this) {
                case GREATER, GREATER_OR_EQUAL, LESS, LESS_OR_EQUAL -> true;
                case EQUAL, NOT_EQUAL, IN, NOT_IN, EXISTS, GLOB -> false;
            };
        }
    }
}
