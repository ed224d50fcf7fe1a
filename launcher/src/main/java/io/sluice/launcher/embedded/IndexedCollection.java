package io.sluice.launcher.embedded;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.h2.H2Collection;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.h2.mvstore.MVMap;
import org.jspecify.annotations.Nullable;

/**
 * A collection that uses a unique index also where a query asks for more than the fields of the index, or for several
 * values of one. The library asks an index for exactly its own fields with one value each, and reads all documents
 * otherwise: an item by its id and version, or the directories above a path, would cost more with every item.
 */
final class IndexedCollection extends H2Collection {

    /** With more combinations of values than these, all documents are read. */
    private static final int MOST_LOOKUPS = 1_000;

    IndexedCollection(
            MongoDatabase database,
            String name,
            CollectionOptions options,
            MVMap<Object, Document> documents,
            MVMap<String, Object> meta,
            CursorRegistry cursors) {
        super(database, name, options, documents, meta, cursors);
    }

    @Override
    protected QueryResult queryDocuments(
            Document query, @Nullable Document order, int skip, int limit, int batchSize, @Nullable Document selector) {
        Map<String, Collection<?>> wanted = new HashMap<>();
        collect(query, wanted);
        for (Index<Object> index : getIndexes()) {
            List<Document> lookups = lookups(index, wanted);
            if (!lookups.isEmpty() && lookups.stream().allMatch(index::canHandle)) {
                Set<Object> positions = new LinkedHashSet<>();
                lookups.forEach(lookup -> index.getPositions(lookup).forEach(positions::add));
                return matchDocuments(query, positions, order, skip, limit, batchSize, selector);
            }
        }
        return super.queryDocuments(query, order, skip, limit, batchSize, selector);
    }

    /** The values that fields must have one of, for what is found to match. */
    private static void collect(Document query, Map<String, Collection<?>> wanted) {
        query.forEach((key, value) -> {
            if (key.equals("$and") && value instanceof Collection<?> conditions) {
                conditions.forEach(condition -> collect((Document) condition, wanted));
            } else if (!key.startsWith("$")) {
                Collection<?> values = values(value);
                if (!values.isEmpty() && values.stream().allMatch(IndexedCollection::isPlain)) {
                    wanted.putIfAbsent(key, values);
                }
            }
        });
    }

    private static Collection<?> values(@Nullable Object condition) {
        if (condition instanceof Document operators) {
            return operators.get("$in") instanceof Collection<?> values ? values : List.of();
        }
        return condition == null ? List.of() : List.of(condition);
    }

    private static boolean isPlain(@Nullable Object value) {
        return value instanceof String
                || value instanceof ObjectId
                || value instanceof Number
                || value instanceof Boolean;
    }

    /** What to ask the index for, one value of each of its fields at a time; empty when it does not help. */
    private static List<Document> lookups(Index<?> index, Map<String, Collection<?>> wanted) {
        List<Document> lookups = List.of(new Document());
        for (IndexKey key : index.getKeys()) {
            Collection<?> values = wanted.get(key.getKey());
            if (values == null || (long) values.size() * lookups.size() > MOST_LOOKUPS) {
                return List.of();
            }
            List<Document> longer = new ArrayList<>();
            for (Document lookup : lookups) {
                values.forEach(value -> longer.add(lookup.clone().append(key.getKey(), value)));
            }
            lookups = longer;
        }
        return lookups;
    }
}
