package io.sluice.itemservice.item;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.Condition.All;
import io.sluice.kit.query.Condition.Any;
import io.sluice.kit.query.Condition.Elements;
import io.sluice.kit.query.Condition.Operator;
import io.sluice.kit.query.Condition.Test;
import io.sluice.kit.query.Query;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * How the database finds the page that a query asks for. What it does not tell is null.
 *
 * @param indexes those it uses; empty when it uses none or does not tell
 * @param keysExamined entries of indexes that it looked at
 * @param documentsExamined items that it read
 * @param entries items that it found for the page
 * @param milliseconds how long it took
 * @param advice what would make it cheaper, for people; empty when there is nothing to say
 * @param join how it finds what is joined to the items; null when nothing is
 */
record QueryPlan(
        List<UsedIndex> indexes,
        @Nullable Long keysExamined,
        @Nullable Long documentsExamined,
        @Nullable Long entries,
        @Nullable Long milliseconds,
        List<String> advice,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable QueryPlan join) {

    /** Reading so many items for one that is found is worth a word. */
    private static final int WASTE = 10;

    /** Fewer than these are read in a moment, whatever for. */
    private static final int FEW = 1_000;

    private static final int FAR = 10_000;

    /**
     * An index of the database.
     *
     * @param keys the stored fields in their order, each with its direction
     */
    record UsedIndex(String name, Map<String, Object> keys) {}

    /** @param explained the answer of MongoDB's command {@code explain} */
    static QueryPlan of(Document explained, Query asked) {
        QueryPlan plan =
                of(explained, "items", "id, dir, how filename begins, type with hidden, or a value in metadata");
        addAdvice(asked, plan.advice);
        return plan;
    }

    /**
     * How it finds the annotations that are joined to items.
     *
     * @param filter what they have to be
     */
    static QueryPlan ofJoined(Document explained, Condition filter) {
        QueryPlan plan = of(explained, "annotations", "label, type, id or itemId");
        addAdvice(filter, plan.advice);
        return plan;
    }

    private static QueryPlan of(Document explained, String things, String served) {
        Set<UsedIndex> indexes = new LinkedHashSet<>();
        Set<String> stages = new LinkedHashSet<>();
        walk(explained.get("queryPlanner", new Document()).get("winningPlan"), stage -> {
            stages.add(String.valueOf(stage.get("stage")));
            if (stage.get("indexName") instanceof String name && stage.get("keyPattern") instanceof Document keys) {
                indexes.add(new UsedIndex(name, keys));
            } else if ("IDHACK".equals(stage.get("stage"))) {
                indexes.add(new UsedIndex("_id_", Map.of("_id", 1)));
            }
        });
        Document stats = explained.get("executionStats", new Document());
        Long documents = number(stats, "totalDocsExamined");
        Long entries = number(stats, "nReturned");
        List<String> advice = new ArrayList<>();
        if (stats.isEmpty()) {
            advice.add("It does not end in the time that a query may take; narrow it down");
        }
        // For nothing at all there is no need of one.
        if (indexes.isEmpty() && !stages.contains("EOF")) {
            advice.add("No index serves it: all " + things + " of the database are read");
        }
        if (stages.contains("SORT")) {
            advice.add("No index serves this order: all that matches is sorted for each page. Sort by id, which is the"
                    + " order of creation, or narrow the filter");
        }
        if (documents != null && entries != null && documents > FEW && documents > WASTE * Math.max(1, entries)) {
            advice.add(documents + " " + things + " are read to find " + entries
                    + ". Add a condition that an index serves: " + served);
        }
        return new QueryPlan(
                List.copyOf(indexes),
                number(stats, "totalKeysExamined"),
                documents,
                entries,
                number(stats, "executionTimeMillis"),
                advice,
                null);
    }

    /** The database does not know the command. */
    static QueryPlan untold(Query asked) {
        QueryPlan plan = untold("items");
        addAdvice(asked, plan.advice);
        return plan;
    }

    /** The database does not know the command for what is joined, either. */
    static QueryPlan untoldJoined(Condition filter) {
        QueryPlan plan = untold("annotations");
        addAdvice(filter, plan.advice);
        return plan;
    }

    private static QueryPlan untold(String things) {
        List<String> advice = new ArrayList<>();
        advice.add("This database does not tell how it finds something; the embedded one reads all " + things
                + ". MongoDB tells");
        return new QueryPlan(List.of(), null, null, null, null, advice, null);
    }

    /**
     * This, of items to which others are joined.
     *
     * @param areFew whether only the items of the annotations found are looked at
     */
    QueryPlan joinedTo(QueryPlan annotations, boolean areFew) {
        List<String> more = new ArrayList<>(advice);
        if (!areFew) {
            more.add("Many annotations match: items are read in their order, and their annotations looked up, until the"
                    + " page is full. Narrow the filter of the join, or that of the items");
        }
        return new QueryPlan(indexes, keysExamined, documentsExamined, entries, milliseconds, more, annotations);
    }

    private static void addAdvice(Query asked, List<String> advice) {
        addAdvice(asked.filter(), advice);
        if (asked.offset() > FAR) {
            advice.add("Page " + asked.page() + " may be reached by stepping over " + asked.offset()
                    + " items. Sort by id and ask for those after the last one seen: {\"id\": {\"$gt\": \"…\"}}");
        }
    }

    private static void addAdvice(Condition filter, List<String> advice) {
        Set<String> open = new LinkedHashSet<>();
        collectOpen(filter, "", open);
        open.forEach(path -> advice.add(path + ": a pattern that begins with * or ? is compared with the text of"
                + " everything that is left. Begin it with what is known, as in /folder/*"));
    }

    private static void collectOpen(Condition condition, String within, Set<String> open) {
        if (condition instanceof All all) {
            all.conditions().forEach(one -> collectOpen(one, within, open));
        } else if (condition instanceof Any any) {
            any.conditions().forEach(one -> collectOpen(one, within, open));
        } else if (condition instanceof Elements elements) {
            collectOpen(elements.element(), within + elements.path() + ".", open);
        } else if (condition instanceof Test test && isOpen(test)) {
            String path = within + test.path();
            open.add(path.endsWith(".") ? path.substring(0, path.length() - 1) : path);
        }
    }

    private static boolean isOpen(Test test) {
        boolean isPattern = Set.of(Operator.EQUAL, Operator.GLOB, Operator.IN).contains(test.operator());
        List<?> operands = test.operand() instanceof List<?> list ? list : List.of(String.valueOf(test.operand()));
        return isPattern
                && operands.stream()
                        .anyMatch(operand ->
                                operand instanceof String text && (text.startsWith("*") || text.startsWith("?")));
    }

    private static void walk(@Nullable Object plan, Consumer<Document> visitor) {
        if (plan instanceof Document stage) {
            if (stage.containsKey("stage")) {
                visitor.accept(stage);
            }
            stage.values().forEach(inner -> walk(inner, visitor));
        } else if (plan instanceof List<?> stages) {
            stages.forEach(inner -> walk(inner, visitor));
        }
    }

    private static @Nullable Long number(Document stats, String key) {
        return stats.get(key) instanceof Number number ? number.longValue() : null;
    }
}
