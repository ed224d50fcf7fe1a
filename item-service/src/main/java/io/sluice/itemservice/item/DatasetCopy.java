package io.sluice.itemservice.item;

import io.sluice.itemservice.dataset.GoneDatasets;
import io.sluice.itemservice.dataset.NewDatasets;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.command.Command;
import io.sluice.kit.mongo.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Copies what matches in some datasets into another one, which may have to be made first. Directories come along with what is
 * in them. A copy whose path is taken in there by something else gets a number behind its name: nothing is lost.
 */
abstract class DatasetCopy extends WorkInBatches {

    /** As much metadata of copies as one insert has at most, and then one item more. */
    private static final long MOST_AT_ONCE = 8L * 1024 * 1024;

    private static final String MAKE = "make";
    private static final String SOURCES = "sources";
    private static final String TARGET = "target";
    private static final String NAME = "name";
    private static final String DIRECTORY = "directory";
    private static final String WITH_METADATA = "withMetadata";
    private static final String WITH_ANNOTATIONS = "withAnnotations";

    private final Items items;
    private final ItemCopies copies;
    private final ItemCollections collections;
    private final NewDatasets newDatasets;
    private final GoneDatasets gone;
    private final Clock clock;

    /** What all copying of datasets needs. */
    @Component
    record Means(
            Items items,
            ItemCopies copies,
            ItemCollections collections,
            NewDatasets newDatasets,
            GoneDatasets gone,
            Clock clock) {}

    DatasetCopy(Means means) {
        super(means.items());
        this.items = means.items();
        this.copies = means.copies();
        this.collections = means.collections();
        this.newDatasets = means.newDatasets();
        this.gone = means.gone();
        this.clock = means.clock();
    }

    /**
     * What is to be copied where.
     *
     * @param query whose filter says which items
     * @param target the id that the dataset has, or that it will have
     * @param name what the dataset is to be called that is made; null when it is there
     * @param directory where in it
     */
    record Wish(
            List<String> sources,
            Map<String, @Nullable Object> query,
            String target,
            @Nullable String name,
            ItemPath directory,
            boolean isMetadataWanted,
            boolean isAnnotated) {

        JsonObject toJson() {
            Map<String, @Nullable Object> words =
                    new LinkedHashMap<>(WorkOnMatches.whatOf(query).members());
            words.put(SOURCES, sources);
            words.put(TARGET, target);
            words.put(NAME, name);
            words.put(DIRECTORY, directory.value());
            words.put(WITH_METADATA, isMetadataWanted);
            words.put(WITH_ANNOTATIONS, isAnnotated);
            return new JsonObject(words);
        }

        static Wish of(Command command) {
            Map<String, @Nullable Object> words = command.todo().members();
            List<String> sources = words.get(SOURCES) instanceof List<?> ids
                    ? ids.stream().map(String::valueOf).toList()
                    : List.of();
            return new Wish(
                    sources,
                    words,
                    String.valueOf(words.get(TARGET)),
                    words.get(NAME) instanceof String name ? name : null,
                    new ItemPath(String.valueOf(words.get(DIRECTORY))),
                    Boolean.TRUE.equals(words.get(WITH_METADATA)),
                    Boolean.TRUE.equals(words.get(WITH_ANNOTATIONS)));
        }
    }

    @Override
    List<String> datasetsOf(Command command) {
        return Wish.of(command).sources();
    }

    /** Those of the items that are to be copied. */
    Mono<Predicate<Item>> wanted(Command command, Batch batch) {
        return Mono.just(item -> true);
    }

    @Override
    public Flux<Command.Step> steps(Command command) {
        Flux<Command.Step> ofItems = super.steps(command);
        boolean isMade = command.step() != null || Wish.of(command).name() == null;
        return isMade ? ofItems : Flux.just(new Command.Step(null, MAKE, 0)).concatWith(ofItems);
    }

    @Override
    public Mono<Void> carryOut(Command command, Command.Step step) {
        return isOfItems(step) ? super.carryOut(command, step) : make(command);
    }

    private Mono<Void> make(Command command) {
        Wish wish = Wish.of(command);
        return unlessGone(wish.target())
                .then(Mono.defer(() -> newDatasets.make(
                        wish.target(), Objects.requireNonNull(wish.name()), wish.sources(), command.creator())));
    }

    private Mono<Void> unlessGone(String datasetId) {
        return gone.contains(datasetId)
                .flatMap(isGone ->
                        isGone ? Mono.error(() -> DatasetClient.unknownDataset(datasetId)) : Mono.<Void>empty());
    }

    @Override
    Mono<Void> carryOut(Command command, Batch batch) {
        Wish wish = Wish.of(command);
        Map<String, Long> positions = new HashMap<>();
        batch.itemIds().forEach(itemId -> positions.put(itemId, batch.position() + positions.size()));
        return unlessGone(batch.datasetId())
                .then(Mono.defer(() -> collectionsOf(batch.datasetId(), wish)))
                .zipWith(Mono.defer(() -> wanted(command, batch)))
                .flatMapMany(found -> items.all(batch.itemIds())
                        // Copies get their own.
                        .filter(original -> !Thumbnails.isThere(original.path()))
                        .filter(found.getT2())
                        .bufferUntil(new Portions())
                        .concatMap(portion -> put(portion, positions, found.getT1(), wish, command), 1))
                .then();
    }

    private Mono<Map<String, String>> collectionsOf(String source, Wish wish) {
        return wish.isMetadataWanted() ? collections.carriedOver(source, wish.target()) : Mono.just(Map.of());
    }

    private Mono<Void> put(
            List<Item> originals, Map<String, Long> positions, Map<String, String> keys, Wish wish, Command command) {
        Instant now = clock.instant();
        List<Item> files = originals.stream()
                .filter(original -> !original.isDirectory())
                .map(original -> original.copiedTo(
                        ItemCopies.idOf(command, Objects.requireNonNull(positions.get(original.id()))),
                        wish.target(),
                        ItemPath.ofFile(
                                "targetDirectory",
                                original.path().below(wish.directory()).value()),
                        ItemCopies.metadataOf(original, wish.isMetadataWanted(), keys),
                        command.creator(),
                        now))
                .toList();
        Set<ItemPath> folders = originals.stream()
                .filter(Item::isDirectory)
                .map(original -> ItemPath.ofDirectory(
                        "targetDirectory",
                        original.path().below(wish.directory()).value()))
                .collect(Collectors.toSet());
        return copies.put(wish.target(), files, folders, command.creator(), ItemCopies.WhenTaken.NUMBER_OTHERS)
                .then(Mono.defer(() -> wish.isAnnotated()
                        ? copies.annotate(wish.target(), originals, files, command.creator())
                        : Mono.empty()));
    }

    /** Ends a portion when it weighs enough. */
    private static final class Portions implements Predicate<Item> {

        private long weight;

        @Override
        public boolean test(Item item) {
            weight += item.metadata().size();
            if (weight < MOST_AT_ONCE) {
                return false;
            }
            weight = 0;
            return true;
        }
    }
}
