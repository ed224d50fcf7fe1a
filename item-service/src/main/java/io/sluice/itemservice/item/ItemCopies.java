package io.sluice.itemservice.item;

import io.sluice.itemservice.annotation.AnnotationCopies;
import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.dataset.GoneDatasets;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.command.Command;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stores copies of files, which name the bytes of what they were copied from. Their ids follow from the command, so that a
 * copy that was stored before a crash is not stored again.
 */
@Component
class ItemCopies {

    /** So many names are tried for what finds its own taken. */
    private static final int MOST_NAMES = 10_000;

    private static final int AT_ONCE = 16;
    private static final int COUNTER_BITS = 24;

    /** Where in an id of 24 digits the time ends, and where the counter begins. */
    private static final int SECOND_DIGITS = 8;

    private static final int COUNTER_DIGITS = 18;
    private static final String REFS = "refs";

    private final Items items;
    private final Directories directories;
    private final ItemDeletion deletion;
    private final BlobStore blobs;
    private final ThumbnailJobs thumbnails;
    private final GoneDatasets gone;
    private final AnnotationCopies annotations;

    ItemCopies(
            Items items,
            Directories directories,
            ItemDeletion deletion,
            BlobStore blobs,
            ThumbnailJobs thumbnails,
            GoneDatasets gone,
            AnnotationCopies annotations) {
        this.items = items;
        this.directories = directories;
        this.deletion = deletion;
        this.blobs = blobs;
        this.thumbnails = thumbnails;
        this.gone = gone;
        this.annotations = annotations;
    }

    /** What becomes of a copy whose path is taken. */
    enum WhenTaken {
        /** {@link Problem#NAME_TAKEN}. */
        FAIL,
        /** It gets a number behind its name. */
        NUMBER,
        /** As {@link #NUMBER}, but where a copy of the very same item is already there is none made. */
        NUMBER_OTHERS
    }

    /**
     * The id of a copy: as a process would make them, in the second of the command, that makes nothing else. Not later: what is
     * there when the next command is accepted must not look as if it came after that.
     */
    static String idOf(Command command, long position) {
        long second = command.createdAt().getEpochSecond() + (position >>> COUNTER_BITS);
        ByteBuffer id = ByteBuffer.allocate(12).putInt((int) second);
        id.put(digest(command.id()), 0, 5);
        id.put((byte) (position >>> 16)).put((byte) (position >>> 8)).put((byte) position);
        return new ObjectId(id.array()).toHexString();
    }

    /** Whether that is the id of a copy which this command has made. */
    static boolean isCopyOf(Command command, String itemId) {
        String id = idOf(command, 0);
        return itemId.startsWith(id.substring(SECOND_DIGITS, COUNTER_DIGITS), SECOND_DIGITS);
    }

    private static byte[] digest(String commandId) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(new ObjectId(commandId).toByteArray());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * The metadata of a copy. The tasks of the original are not those of the copy.
     *
     * @param isWhole whether it gets everything, else only what the platform says of the bytes
     * @param collections the keys of collections where it goes, by those where it comes from
     */
    static JsonObject metadataOf(Item original, boolean isWhole, Map<String, String> collections) {
        Map<String, @Nullable Object> system =
                new LinkedHashMap<>(original.metadata().object(Item.SYSTEM).members());
        if (!isWhole) {
            system.keySet().retainAll(ItemUpload.OWN_SYSTEM_KEYS);
        }
        system.put(REFS, List.of());
        if (system.containsKey(CollectionNames.FIELD)) {
            Map<String, @Nullable Object> flags = new LinkedHashMap<>();
            original.metadata()
                    .object(Item.SYSTEM)
                    .object(CollectionNames.FIELD)
                    .members()
                    .forEach((key, flag) -> {
                        String there = collections.get(key);
                        if (there != null) {
                            flags.put(there, flag);
                        }
                    });
            system.put(CollectionNames.FIELD, flags);
        }
        return isWhole
                ? original.metadata().with(Item.SYSTEM, system)
                : ItemUpload.metadata(JsonObject.EMPTY, new JsonObject(system));
    }

    /** What somebody wishes a copy to have in its metadata, without what the platform says of the bytes. */
    static Map<String, @Nullable Object> wished(@Nullable Object metadata) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("metadata", metadata);
        JsonObject wished = new JsonObject(ItemPatch.parse(body, true).metadata());
        if (!wished.members().containsKey(Item.SYSTEM)) {
            return wished.members();
        }
        Map<String, @Nullable Object> system =
                new LinkedHashMap<>(wished.object(Item.SYSTEM).members());
        system.keySet().removeAll(ItemUpload.OWN_SYSTEM_KEYS);
        return wished.with(Item.SYSTEM, system).members();
    }

    /**
     * Stores copies.
     *
     * @param folders directories that are to be there, too
     * @return fails when the dataset is gone, and leaves nothing there
     */
    Mono<Void> put(
            String datasetId, List<Item> copies, Collection<ItemPath> folders, String creator, WhenTaken whenTaken) {
        List<String> ids = copies.stream().map(Item::id).toList();
        List<ItemPath> above = directoriesOf(copies, folders);
        return directories
                .ensureAll("path", datasetId, above, creator)
                .then(thumbnails.askAll(copies))
                .then(items.insertAll(copies))
                .then(Mono.defer(() -> present(ids)))
                .flatMapMany(stored -> Flux.fromIterable(copies).filter(copy -> !stored.contains(copy.id())))
                .concatMap(copy -> besides(copy, 0, whenTaken))
                .then(Mono.defer(() -> holdBytes(copies)))
                .then(Mono.defer(() -> unlessGone(datasetId, ids)))
                // Again, because somebody may have deleted them since.
                .then(Mono.defer(() -> directories.ensureAll("path", datasetId, above, creator)));
    }

    /** Copies the annotations of the originals to those of the copies that are there. */
    Mono<Void> annotate(String datasetId, List<Item> originals, List<Item> copies, String creator) {
        Set<String> annotated =
                originals.stream().filter(Item::annotated).map(Item::id).collect(Collectors.toSet());
        Map<String, String> originalOf = new LinkedHashMap<>();
        copies.forEach(copy -> {
            String original = Objects.requireNonNull(copy.source()).itemId();
            if (annotated.contains(original)) {
                originalOf.put(copy.id(), original);
            }
        });
        return originalOf.isEmpty()
                ? Mono.empty()
                : present(List.copyOf(originalOf.keySet()))
                        .map(there -> there.stream()
                                .collect(Collectors.toMap(id -> Objects.requireNonNull(originalOf.get(id)), id -> id)))
                        .flatMap(there -> annotations.copy(datasetId, there, creator));
    }

    /** Of the outermost first; a path comes before all that begin with it. */
    private static List<ItemPath> directoriesOf(List<Item> copies, Collection<ItemPath> folders) {
        Stream<ItemPath> needed = Stream.concat(
                copies.stream().flatMap(copy -> copy.path().ancestors().stream()),
                folders.stream().flatMap(folder -> folder.andAncestors().stream()));
        return needed.map(ItemPath::value).collect(Collectors.toCollection(TreeSet::new)).stream()
                .map(ItemPath::new)
                .toList();
    }

    private Mono<Set<String>> present(List<String> ids) {
        return items.entries(ids).map(Items.Entry::id).collect(Collectors.toSet());
    }

    /** Stores a copy at its path or, that being taken, beside it. */
    private Mono<Void> besides(Item copy, int number, WhenTaken whenTaken) {
        if (number > MOST_NAMES) {
            return Mono.error(Problem.NAME_TAKEN.with("Too many items have the name " + copy.filename()));
        }
        ItemPath path = number == 0
                ? copy.path()
                : ItemPath.ofFile("path", copy.path().numbered(number).value());
        return items.insert(copy.called(path))
                .then()
                .onErrorResume(
                        DuplicateKeyException.class,
                        taken -> items.findAt(copy.datasetId(), path)
                                .map(occupant -> isDone(occupant, copy, whenTaken))
                                // Nothing there: it has the id that is taken, unless whatever was there went just now.
                                .switchIfEmpty(
                                        Mono.defer(() -> items.state(copy.id()).hasElement()))
                                .flatMap(isDone -> isDone ? Mono.<Void>empty() : next(copy, path, number, whenTaken)));
    }

    private static boolean isDone(Item occupant, Item copy, WhenTaken whenTaken) {
        return occupant.id().equals(copy.id())
                || whenTaken == WhenTaken.NUMBER_OTHERS && Objects.equals(occupant.source(), copy.source());
    }

    private Mono<Void> next(Item copy, ItemPath taken, int number, WhenTaken whenTaken) {
        return whenTaken == WhenTaken.FAIL
                ? Mono.error(Problem.NAME_TAKEN.with(taken.value() + " exists already"))
                : Mono.defer(() -> besides(copy, number + 1, whenTaken));
    }

    /** The last look of the sweep comes after the copies were there, or finds the bytes gone: then so must the copies. */
    private Mono<Void> holdBytes(List<Item> copies) {
        Map<String, List<String>> byDigest = copies.stream()
                .collect(Collectors.groupingBy(
                        copy -> Objects.requireNonNull(copy.content()).sha256(),
                        Collectors.mapping(Item::id, Collectors.toList())));
        return Flux.fromIterable(byDigest.entrySet())
                .flatMap(
                        named -> blobs.hold(named.getKey())
                                .flatMap(isThere -> isThere ? Mono.<Void>empty() : items.delete(named.getValue())),
                        AT_ONCE)
                .then();
    }

    /** The deletion of a dataset first says that it is gone, then deletes: it finds these copies, or this does. */
    private Mono<Void> unlessGone(String datasetId, List<String> ids) {
        return gone.contains(datasetId)
                .flatMap(isGone -> isGone
                        ? items.entries(ids)
                                .collectList()
                                .flatMap(deletion::deleteMatches)
                                .then(Mono.error(() -> DatasetClient.unknownDataset(datasetId)))
                        : Mono.empty());
    }
}
