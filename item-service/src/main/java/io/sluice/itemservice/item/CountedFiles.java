package io.sluice.itemservice.item;

import io.sluice.kit.query.Condition;
import io.sluice.kit.query.Condition.All;
import io.sluice.kit.query.Condition.Operator;
import io.sluice.kit.query.Condition.Test;
import java.math.BigInteger;
import java.util.Locale;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * A condition whose matches are counted all the time: all files, the visible or the hidden ones, as a client asks for them
 * by default, and of these what is between two ids, as it asks on its way through a dataset.
 *
 * @param hidden null for both kinds
 * @param from the lowest id
 * @param to the first id that is beyond
 */
record CountedFiles(@Nullable Boolean hidden, boolean isFiles, String from, String to) {

    private static final CountedFiles EVERYTHING =
            new CountedFiles(null, false, CountedDataset.BEGIN, CountedDataset.END);

    /** Null for any other condition. */
    static @Nullable CountedFiles of(Condition condition) {
        CountedFiles found = EVERYTHING.and(condition);
        return found != null && found.isFiles() ? found : null;
    }

    long in(FileCount count) {
        return hidden == null ? count.all() : hidden ? count.hidden() : count.visible();
    }

    private @Nullable CountedFiles and(Condition condition) {
        if (condition instanceof All all) {
            CountedFiles found = this;
            for (Condition one : all.conditions()) {
                found = found == null ? null : found.and(one);
            }
            return found;
        }
        return condition instanceof Test test ? and(test) : null;
    }

    private @Nullable CountedFiles and(Test test) {
        return switch (test.path()) {
            case "type" -> is(test, Item.FILE) ? new CountedFiles(hidden, true, from, to) : null;
            case "hidden" ->
                hidden == null && test.operator() == Operator.EQUAL && test.operand() instanceof Boolean asked
                        ? new CountedFiles(asked, isFiles, from, to)
                        : null;
            case "id" ->
                test.operand() instanceof String text && ObjectId.isValid(text)
                        ? beside(test.operator(), text.toLowerCase(Locale.ROOT))
                        : null;
            default -> null;
        };
    }

    private static boolean is(Test test, Object value) {
        return test.operator() == Operator.EQUAL && value.equals(test.operand());
    }

    private @Nullable CountedFiles beside(Operator operator, String id) {
        return switch (operator) {
            case GREATER -> between(next(id), to);
            case GREATER_OR_EQUAL -> between(id, to);
            case LESS -> between(from, id);
            case LESS_OR_EQUAL -> between(from, next(id));
            default -> null;
        };
    }

    private CountedFiles between(String low, String high) {
        return new CountedFiles(
                hidden, isFiles, low.compareTo(from) > 0 ? low : from, high.compareTo(to) < 0 ? high : to);
    }

    private static String next(String id) {
        String next = String.format("%024x", new BigInteger(id, 16).add(BigInteger.ONE));
        return next.length() > id.length() ? CountedDataset.END : next;
    }
}
