package io.sluice.itemservice.item;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.sluice.kit.error.Problem;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;

/** The stored names of collections. */
@Component
class ItemCollections {

    private final ReactiveMongoTemplate mongo;

    ItemCollections(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    Mono<CollectionNames> of(String datasetId) {
        return mongo.findById(datasetId, CollectionNames.class)
                .switchIfEmpty(Mono.fromSupplier(() -> CollectionNames.none(datasetId)));
    }

    Mono<CollectionNames> create(String datasetId, String name) {
        return change(datasetId, names -> {
            requireFree(names, name);
            return roomFor(names, List.of(name));
        });
    }

    /** Makes those of the collections that are missing. */
    Mono<CollectionNames> ensure(String datasetId, Collection<String> wanted) {
        return change(datasetId, names -> roomFor(names, wanted));
    }

    private static CollectionNames roomFor(CollectionNames names, Collection<String> wanted) {
        CollectionNames more = names.with(wanted);
        if (!more.names().values().containsAll(wanted)) {
            throw Problem.VALIDATION_FAILED.at(
                    CollectionNames.FIELD, "a dataset may have at most " + CollectionNames.MOST);
        }
        return more;
    }

    Mono<CollectionNames> rename(String datasetId, String name, String newName) {
        return change(datasetId, names -> {
            String key = names.keyOf(name).orElseThrow(() -> unknown(name));
            if (newName.equals(name)) {
                return names;
            }
            requireFree(names, newName);
            return names.renamed(key, newName);
        });
    }

    private static void requireFree(CollectionNames names, String name) {
        if (names.keyOf(name).isPresent()) {
            throw Problem.NAME_TAKEN.at("name", "is that of another collection of the dataset");
        }
    }

    static ErrorResponseException unknown(String name) {
        return Problem.NOT_FOUND.with("No collection " + name);
    }

    /** Takes the name away, when it is still that of the key. */
    Mono<CollectionNames> remove(String datasetId, String key, String name) {
        return change(datasetId, names -> names.keyOf(name).equals(Optional.of(key)) ? names.without(key) : names);
    }

    /**
     * Makes the collections of one dataset in another, as far as there is room.
     *
     * @return the keys there, by those here; of what is not among them there is no collection there
     */
    Mono<Map<String, String>> carriedOver(String from, String to) {
        return of(from).flatMap(here -> {
            Mono<CollectionNames> carried = from.equals(to) || here.names().isEmpty()
                    ? Mono.just(here)
                    : change(to, there -> there.with(new TreeMap<>(here.names()).values()));
            return carried.map(there -> {
                Map<String, String> keys = new HashMap<>();
                here.names().forEach((key, name) -> there.keyOf(name).ifPresent(other -> keys.put(key, other)));
                return keys;
            });
        });
    }

    /** Forgets those of a dataset that is gone. */
    Mono<Void> forget(String datasetId) {
        return mongo.remove(query(where("_id").is(datasetId)), CollectionNames.class)
                .then();
    }

    private Mono<CollectionNames> change(String datasetId, UnaryOperator<CollectionNames> change) {
        return Mono.defer(() -> of(datasetId))
                .flatMap(names -> {
                    CollectionNames changed = change.apply(names);
                    return changed.equals(names) ? Mono.just(names) : mongo.save(changed);
                })
                .onErrorMap(
                        DuplicateKeyException.class,
                        made -> new OptimisticLockingFailureException("Somebody else made the first at this moment"))
                .retryWhen(Items.AGAIN_ON_CONFLICT);
    }
}
