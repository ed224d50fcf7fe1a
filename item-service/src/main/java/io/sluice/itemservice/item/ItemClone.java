package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandWork;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Copies one file to another path or dataset, as a command of the dataset that it goes to (contract core §5.6). */
@Component
class ItemClone implements CommandWork {

    static final String TYPE = "CloneItem";

    private static final String ITEM = "itemId";
    private static final String PATH = "path";
    private static final String METADATA = "metadata";
    private static final String WITH_METADATA = "withMetadata";
    private static final String WITH_ANNOTATIONS = "withAnnotations";
    private static final String ALLOW_MANY = "allowMany";

    private final Items items;
    private final ItemCopies copies;
    private final ItemCollections collections;
    private final Clock clock;

    ItemClone(Items items, ItemCopies copies, ItemCollections collections, Clock clock) {
        this.items = items;
        this.copies = copies;
        this.collections = collections;
        this.clock = clock;
    }

    /**
     * @param path where the copy goes
     * @param metadata what it gets beside, or instead of, what the original has
     * @param isMetadataWanted whether it gets the metadata of the original
     * @param isAnnotated whether it gets the annotations of the original
     * @param isNumbered whether it gets another name when the path is taken
     */
    record Wish(
            String itemId,
            ItemPath path,
            Map<String, @Nullable Object> metadata,
            boolean isMetadataWanted,
            boolean isAnnotated,
            boolean isNumbered) {

        JsonObject toJson() {
            Map<String, @Nullable Object> words = new LinkedHashMap<>();
            words.put(ITEM, itemId);
            words.put(PATH, path.value());
            words.put(METADATA, metadata);
            words.put(WITH_METADATA, isMetadataWanted);
            words.put(WITH_ANNOTATIONS, isAnnotated);
            words.put(ALLOW_MANY, isNumbered);
            return new JsonObject(words);
        }

        static Wish of(JsonObject words) {
            return new Wish(
                    String.valueOf(words.members().get(ITEM)),
                    new ItemPath(String.valueOf(words.members().get(PATH))),
                    words.object(METADATA).members(),
                    Boolean.TRUE.equals(words.members().get(WITH_METADATA)),
                    Boolean.TRUE.equals(words.members().get(WITH_ANNOTATIONS)),
                    Boolean.TRUE.equals(words.members().get(ALLOW_MANY)));
        }
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Mono<Long> count(Command command) {
        return Mono.just(1L);
    }

    @Override
    public Flux<Command.Step> steps(Command command) {
        return command.step() == null ? Flux.just(new Command.Step(null, ITEM, 1)) : Flux.empty();
    }

    @Override
    public Mono<Void> carryOut(Command command, Command.Step step) {
        Wish wish = Wish.of(command.todo());
        return items.find(wish.itemId())
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No item " + wish.itemId())))
                .flatMap(original ->
                        collectionsOf(original, wish, command).flatMap(keys -> put(original, wish, keys, command)))
                .then(items.state(ItemCopies.idOf(command, 0)))
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("The item was deleted meanwhile")))
                .then();
    }

    private Mono<Void> put(Item original, Wish wish, Map<String, String> keys, Command command) {
        List<Item> copy = List.of(copyOf(original, wish, keys, command));
        return copies.put(
                        command.datasetId(),
                        copy,
                        List.of(),
                        command.creator(),
                        wish.isNumbered() ? ItemCopies.WhenTaken.NUMBER : ItemCopies.WhenTaken.FAIL)
                .then(Mono.defer(() -> wish.isAnnotated()
                        ? copies.annotate(command.datasetId(), List.of(original), copy, command.creator())
                        : Mono.empty()));
    }

    private Mono<Map<String, String>> collectionsOf(Item original, Wish wish, Command command) {
        return wish.isMetadataWanted()
                ? collections.carriedOver(original.datasetId(), command.datasetId())
                : Mono.just(Map.of());
    }

    private Item copyOf(Item original, Wish wish, Map<String, String> keys, Command command) {
        JsonObject metadata =
                ItemCopies.metadataOf(original, wish.isMetadataWanted(), keys).merged(wish.metadata());
        ItemPatch.requireFitting(metadata);
        return original.copiedTo(
                ItemCopies.idOf(command, 0),
                command.datasetId(),
                wish.path(),
                metadata,
                command.creator(),
                clock.instant());
    }

    @Override
    public Mono<JsonObject> result(Command command) {
        return Mono.just(JsonObject.EMPTY.with("returnedModelId", List.of(ItemCopies.idOf(command, 0))));
    }
}
