package io.sluice.itemservice.item;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.itemservice.annotation.NewAnnotations;
import io.sluice.itemservice.content.Content;
import io.sluice.itemservice.content.StagedContent;
import io.sluice.itemservice.item.GivenItem.Named;
import io.sluice.itemservice.item.GivenItem.Written;
import io.sluice.itemservice.item.Items.Occupant;
import io.sluice.itemservice.item.TakenItem.Outcome;
import io.sluice.kit.access.DatasetAccess;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Takes files into one dataset for one caller, many at a time, for what one would cost. The order is that of
 * {@link ItemUpload}, so that a crash at any point leaves the whole item, with its metadata and annotations, or none.
 */
public final class Intake {

    private static final int AT_ONCE = 16;

    private static final int MOST_FOLDERS = 10_000;
    private static final String PATH = "path";

    private final ItemIntake parts;
    private final DatasetAccess access;
    private final Caller caller;
    private final boolean overwrites;
    private final String datasetId;
    private final KnownBytes known;

    /** Directories that were there a moment ago: the last look comes after the items are there. */
    private final Cache<String, Boolean> folders =
            Caffeine.newBuilder().maximumSize(MOST_FOLDERS).build();

    /** Whether it is worth to look at what is there before trying: most paths are free the first time, none the second. */
    private volatile boolean looksFirst = true;

    Intake(ItemIntake parts, DatasetAccess access, Caller caller, boolean overwrites) {
        this.parts = parts;
        this.access = access;
        this.caller = caller;
        this.overwrites = overwrites;
        this.datasetId = access.datasetId();
        this.known = new KnownBytes(parts.items, parts.datasets, caller, datasetId);
    }

    /** One of a batch, and what became of it. */
    private static final class Slot {

        private final GivenItem given;
        private final ItemPath path;
        private @Nullable Item item;
        private @Nullable TakenItem taken;

        /** Whether its bytes were to be published: when that fails for some of many, others may have been. */
        private boolean isTried;

        private boolean isPublished;

        Slot(GivenItem given) {
            this.given = given;
            this.path = new ItemPath(given.path());
        }

        boolean isOpen() {
            return taken == null;
        }

        void end(TakenItem end) {
            taken = end;
        }

        void fail(Throwable failure) {
            taken = TakenItem.failed(failure);
        }

        boolean isStored() {
            return taken != null && (taken.outcome() == Outcome.CREATED || taken.outcome() == Outcome.OVERWRITTEN);
        }

        Item item() {
            return Objects.requireNonNull(item);
        }

        StagedContent staged() {
            return ((Written) Objects.requireNonNull(given.bytes())).staged();
        }

        NewAnnotations annotations() {
            return given.said().annotations();
        }
    }

    /** What a client wants to know of a file that it has. */
    public enum Presence {
        /** The item is there with the same bytes. */
        THERE,
        /** The bytes need not be sent; naming their digest is enough. */
        KNOWN,
        /** The bytes have to be sent. */
        MISSING
    }

    /**
     * What is known of a file that a client has.
     *
     * @param itemId of the item that has the path; null when it is free
     */
    public record Checked(Presence presence, @Nullable String itemId) {}

    /** As many as a file may have here. */
    public long mostBytes() {
        return parts.quota.mostBytes();
    }

    /** Of which of these files the bytes are there, in their order. */
    public Mono<List<Checked>> check(List<GivenItem> files) {
        Set<String> paths = files.stream().map(GivenItem::path).collect(Collectors.toSet());
        return parts.datasets
                .require(caller, datasetId, Permission.READ_ITEM)
                .then(Mono.defer(() -> occupants(paths)))
                .flatMap(there -> known.of(digests(files))
                        .map(bytes -> files.stream()
                                .map(file -> checked(
                                        (Named) Objects.requireNonNull(file.bytes()), there.get(file.path()), bytes))
                                .toList()));
    }

    private static Checked checked(Named file, @Nullable Occupant occupant, Map<String, KnownBytes.Known> bytes) {
        Content there = occupant == null ? null : occupant.content();
        boolean isSame = there != null && there.sha256().equals(file.sha256());
        Presence presence =
                isSame ? Presence.THERE : bytes.containsKey(file.sha256()) ? Presence.KNOWN : Presence.MISSING;
        return new Checked(presence, occupant == null ? null : occupant.id());
    }

    private static List<String> digests(Collection<GivenItem> files) {
        return files.stream()
                .map(GivenItem::bytes)
                .filter(Named.class::isInstance)
                .map(bytes -> ((Named) bytes).sha256())
                .distinct()
                .toList();
    }

    /** What would be left alone: the item at that path, unless it is to be overwritten. Nobody need write its bytes down. */
    public Mono<Map<String, TakenItem>> skippable(Collection<String> paths) {
        return overwrites
                ? Mono.just(Map.of())
                : occupants(paths).map(there -> {
                    Map<String, TakenItem> skipped = new HashMap<>();
                    there.forEach((path, occupant) -> skipped.put(path, leftAlone(occupant)));
                    return skipped;
                });
    }

    private static TakenItem leftAlone(Occupant occupant) {
        return occupant.isDirectory()
                ? TakenItem.failed(Problem.NAME_TAKEN.at(PATH, "is the path of a directory"))
                : TakenItem.skipped(occupant);
    }

    /** Makes directories that need not hold anything. */
    public Mono<Void> makeDirectory(String path) {
        ItemPath directory = ItemPath.ofDirectory(PATH, path);
        return directory.isRoot() ? Mono.empty() : ensure(directory.andAncestors());
    }

    /**
     * Takes files of which no two have the same path. When it ends, all that is said to be taken is durable, and no bytes are
     * held any more that were not.
     *
     * @return what became of each, in their order
     */
    public Mono<List<TakenItem>> take(List<GivenItem> batch) {
        List<Slot> slots = batch.stream().map(Slot::new).toList();
        return parts.datasets
                .require(caller, datasetId, Permission.CREATE_ITEM)
                .then(Mono.defer(() -> looksFirst || needsLook(batch) ? placed(slots) : insert(slots)))
                .onErrorResume(failure -> {
                    slots.stream().filter(Slot::isOpen).forEach(slot -> slot.fail(failure));
                    return Mono.empty();
                })
                .then(Mono.defer(() -> letGo(slots)))
                .then(Mono.fromSupplier(() -> slots.stream()
                        .map(slot -> Objects.requireNonNull(slot.taken))
                        .toList()));
    }

    /** Annotations must not be made for what is there. */
    private boolean needsLook(List<GivenItem> batch) {
        return overwrites
                || batch.stream()
                        .anyMatch(given -> given.bytes() == null
                                || !given.said().annotations().isEmpty());
    }

    private Mono<Map<String, Occupant>> occupants(Collection<String> paths) {
        return parts.items.occupants(datasetId, paths).collectMap(Occupant::filename);
    }

    private Mono<Void> placed(List<Slot> slots) {
        return occupants(slots.stream().map(slot -> slot.path.value()).toList()).flatMap(there -> {
            looksFirst = !there.isEmpty();
            return decided(slots, there).then(Mono.defer(() -> insert(open(slots))));
        });
    }

    private static List<Slot> open(List<Slot> slots) {
        return slots.stream().filter(Slot::isOpen).toList();
    }

    /** Settles all that has something at its path. */
    private Mono<Void> decided(List<Slot> slots, Map<String, Occupant> there) {
        List<Slot> changes = new ArrayList<>();
        for (Slot slot : slots) {
            Occupant occupant = there.get(slot.path.value());
            if (occupant == null) {
                if (slot.given.bytes() == null) {
                    slot.fail(Problem.NOT_FOUND.at(PATH, "is that of no item; name its bytes by sha256, or send them"));
                }
            } else if (occupant.isDirectory() || slot.given.bytes() != null && !overwrites) {
                slot.end(leftAlone(occupant));
            } else {
                changes.add(slot);
            }
        }
        return Flux.fromIterable(changes)
                .flatMap(
                        slot -> Mono.defer(() -> change(
                                        slot,
                                        Objects.requireNonNull(there.get(slot.path.value()))
                                                .id()))
                                .onErrorResume(failure -> {
                                    slot.fail(failure);
                                    return Mono.empty();
                                }),
                        AT_ONCE)
                .then();
    }

    // --- New items

    private Mono<Void> insert(List<Slot> slots) {
        if (slots.isEmpty()) {
            return Mono.empty();
        }
        return labelled(slots)
                .then(Mono.defer(() ->
                        known.of(digests(slots.stream().map(slot -> slot.given).toList()))))
                .doOnNext(bytes -> open(slots).forEach(slot -> make(slot, bytes)))
                .then(Mono.defer(() -> store(open(slots))));
    }

    private Mono<Void> labelled(List<Slot> slots) {
        return Flux.fromIterable(slots)
                .filter(slot -> !slot.annotations().isEmpty())
                .concatMap(slot -> requireLabels(slot).onErrorResume(ErrorResponseException.class, refused -> {
                    slot.fail(refused);
                    return Mono.empty();
                }))
                .then();
    }

    private Mono<Void> requireLabels(Slot slot) {
        return slot.annotations().isEmpty()
                ? Mono.empty()
                : parts.annotations.requireLabels(caller, datasetId, slot.annotations());
    }

    /** The item that the slot is to become. */
    private void make(Slot slot, Map<String, KnownBytes.Known> bytes) {
        try {
            if (slot.given.bytes() instanceof Written written) {
                slot.item = item(slot, written.staged().content(), written.facts());
            } else {
                Named named = (Named) Objects.requireNonNull(slot.given.bytes());
                KnownBytes.Known found = bytes.get(named.sha256());
                if (found == null) {
                    throw Problem.VALIDATION_FAILED.at("sha256", "names no bytes that are known; send them");
                }
                if (named.size() != null && named.size() != found.content().size()) {
                    throw Problem.VALIDATION_FAILED.at(
                            "size",
                            "is not that of the bytes, which are "
                                    + found.content().size());
                }
                slot.item = item(slot, found.content(), found.facts());
            }
        } catch (ErrorResponseException refused) {
            slot.fail(refused);
        }
    }

    private Item item(Slot slot, Content content, Map<String, @Nullable Object> facts) {
        GivenItem.Said said = slot.given.said();
        return Item.file(
                        datasetId,
                        slot.path,
                        content,
                        ItemUpload.metadata(
                                said.metadata(), ItemUpload.system(said.metadata(), slot.path, content, facts)),
                        said.description(),
                        caller.userId(),
                        parts.clock)
                .annotatedWith(said.annotations().count());
    }

    private Mono<Void> store(List<Slot> slots) {
        if (slots.isEmpty()) {
            return Mono.empty();
        }
        List<Item> items = slots.stream().map(Slot::item).toList();
        long bytes = items.stream()
                .mapToLong(item -> Objects.requireNonNull(item.content()).size())
                .sum();
        return ensure(newFolders(slots))
                .then(parts.quota.reserve(caller, access, items.size(), bytes))
                .then(publish(slots))
                .then(parts.thumbnails.askAll(items))
                .then(Mono.defer(() -> inserted(slots, items)))
                // What is wrong with one must not keep the others out.
                .onErrorResume(ErrorResponseException.class, refused -> apart(slots, refused));
    }

    private Mono<Void> apart(List<Slot> slots, ErrorResponseException refused) {
        HttpStatusCode status = refused.getStatusCode();
        List<Slot> left = open(slots);
        if (slots.size() == 1
                || !status.is4xxClientError() && status.value() != Problem.INSUFFICIENT_STORAGE.status()) {
            left.forEach(slot -> slot.fail(refused));
            return Mono.empty();
        }
        return Flux.fromIterable(left).concatMap(slot -> store(List.of(slot))).then();
    }

    private Mono<Void> publish(List<Slot> slots) {
        List<Slot> left = slots.stream()
                .filter(slot -> slot.given.bytes() instanceof Written && !slot.isPublished)
                .toList();
        return parts.blobs
                .publishAll(left.stream().map(Slot::staged).toList())
                .doFirst(() -> left.forEach(slot -> slot.isTried = true))
                .doOnSuccess(published -> left.forEach(slot -> slot.isPublished = true));
    }

    private Mono<Void> inserted(List<Slot> slots, List<Item> items) {
        Map<String, NewAnnotations> said = new LinkedHashMap<>();
        slots.stream()
                .filter(slot -> !slot.annotations().isEmpty())
                .forEach(slot -> said.put(slot.item().id(), slot.annotations()));
        Mono<Set<String>> storing = parts.items
                .insertNew(datasetId, items)
                .map(out -> items.stream()
                        .map(Item::id)
                        .filter(id -> !out.contains(id))
                        .collect(Collectors.toSet()));
        return parts.annotations
                .withItems(datasetId, said, caller.userId(), storing)
                .flatMap(stored -> unlessDatasetGone(stored)
                        .then(hold(slots, stored))
                        .then(Mono.defer(
                                () -> parts.directories.ensureAll(PATH, datasetId, foldersOf(slots), caller.userId())))
                        .then(Mono.defer(() -> settle(slots, stored)))
                        .then(Mono.defer(() -> others(slots))));
    }

    /** The deletion of a dataset first says that it is gone and then deletes: it finds these items, or this does. */
    private Mono<Void> unlessDatasetGone(Set<String> stored) {
        return parts.gone
                .contains(datasetId)
                .flatMap(isGone -> isGone
                        ? parts.items.delete(stored).then(Mono.error(() -> DatasetClient.unknownDataset(datasetId)))
                        : Mono.empty());
    }

    /** The last look of the sweep comes after the items were there, or finds the bytes gone: then so must the items. */
    private Mono<Void> hold(List<Slot> slots, Set<String> stored) {
        Map<String, List<Slot>> byDigest = slots.stream()
                .filter(slot -> slot.given.bytes() instanceof Named
                        && stored.contains(slot.item().id()))
                .collect(Collectors.groupingBy(
                        slot -> Objects.requireNonNull(slot.item().content()).sha256()));
        return Flux.fromIterable(byDigest.entrySet())
                .flatMap(
                        named -> parts.blobs
                                .hold(named.getKey())
                                .flatMap(isThere -> isThere
                                        ? Mono.<Void>empty()
                                        : parts.items
                                                .delete(named.getValue().stream()
                                                        .map(slot -> slot.item().id())
                                                        .toList())
                                                .doOnSuccess(deleted ->
                                                        named.getValue().forEach(Intake::failGone))),
                        AT_ONCE)
                .then();
    }

    private static void failGone(Slot slot) {
        slot.fail(Problem.CHANGED_MEANWHILE.at("sha256", "names bytes that were deleted at this moment; send them"));
    }

    private Mono<Void> settle(List<Slot> slots, Set<String> stored) {
        return Flux.fromIterable(open(slots))
                .filter(slot -> stored.contains(slot.item().id()))
                .flatMap(
                        slot -> settle(slot.given)
                                .doOnSuccess(settled -> slot.end(TakenItem.of(Outcome.CREATED, slot.item()))),
                        AT_ONCE)
                .then();
    }

    private Mono<Void> settle(GivenItem given) {
        return given.bytes() instanceof Written written ? parts.blobs.settle(written.staged()) : Mono.empty();
    }

    /** Somebody else was faster, or has been there all the time. */
    private Mono<Void> others(List<Slot> slots) {
        List<Slot> left = open(slots);
        if (left.isEmpty()) {
            return Mono.empty();
        }
        looksFirst = true;
        return Flux.fromIterable(left)
                .flatMap(slot -> parts.thumbnails.forget(slot.item().id()), AT_ONCE)
                .then(Mono.defer(() ->
                        occupants(left.stream().map(slot -> slot.path.value()).toList())))
                .flatMap(there -> decided(left, there))
                .doOnSuccess(decided -> open(left)
                        .forEach(slot -> slot.fail(Problem.CHANGED_MEANWHILE.at(
                                PATH, "is that of an item that was deleted at the same moment; send it again"))));
    }

    // --- Items that are there

    private Mono<Void> change(Slot slot, String itemId) {
        Mono<TakenItem> change = slot.given.bytes() == null ? edit(slot, itemId) : overwrite(slot, itemId);
        return requireLabels(slot)
                .then(change)
                .switchIfEmpty(Mono.error(() -> Problem.CHANGED_MEANWHILE.at(
                        PATH, "is that of an item that was deleted at the same moment; send it again")))
                .delayUntil(taken ->
                        taken.outcome() == Outcome.FAILED || slot.annotations().isEmpty()
                                ? Mono.empty()
                                : parts.annotations.add(datasetId, Map.of(itemId, slot.annotations()), caller.userId()))
                .doOnNext(slot::end)
                .then();
    }

    private Mono<TakenItem> edit(Slot slot, String itemId) {
        access.require(caller, Permission.UPDATE_ITEM);
        GivenItem.Said said = slot.given.said();
        ItemPatch patch = new ItemPatch(
                null,
                said.describes(),
                said.description(),
                said.metadata().without(Item.SYSTEM).members());
        return parts.items
                .find(itemId)
                .flatMap(item -> patch.changes(item)
                        ? parts.edit
                                .apply(itemId, patch, caller.userId(), now -> {})
                                .map(now -> TakenItem.of(Outcome.OVERWRITTEN, now))
                        : Mono.just(TakenItem.of(
                                slot.annotations().isEmpty() ? Outcome.SKIPPED : Outcome.OVERWRITTEN, item)));
    }

    private Mono<TakenItem> overwrite(Slot slot, String itemId) {
        return known.of(digests(List.of(slot.given)))
                .doOnNext(bytes -> make(slot, bytes))
                .flatMap(
                        bytes -> slot.isOpen() ? replace(slot, itemId) : Mono.just(Objects.requireNonNull(slot.taken)));
    }

    private Mono<TakenItem> replace(Slot slot, String itemId) {
        Content content = Objects.requireNonNull(slot.item().content());
        return parts.quota
                .reserve(caller, access, 0, content.size())
                .then(publish(List.of(slot)))
                .then(Mono.defer(() -> parts.items.find(itemId))
                        .flatMap(there -> parts.revisions.replace(there, there.overwrittenBy(slot.item())))
                        .retryWhen(Items.AGAIN_ON_CONFLICT))
                .delayUntil(saved -> settle(slot.given))
                .delayUntil(saved ->
                        slot.given.bytes() instanceof Named ? parts.blobs.hold(content.sha256()) : Mono.empty())
                .map(saved -> TakenItem.of(Outcome.OVERWRITTEN, saved));
    }

    // --- Directories

    private List<ItemPath> newFolders(List<Slot> slots) {
        return foldersOf(slots).stream()
                .filter(folder -> folders.getIfPresent(folder.value()) == null)
                .toList();
    }

    private Mono<Void> ensure(List<ItemPath> wanted) {
        return parts.directories
                .ensureAll(PATH, datasetId, wanted, caller.userId())
                .doOnSuccess(made -> wanted.forEach(folder -> folders.put(folder.value(), true)));
    }

    /** The outermost first: a path comes before all that begin with it. */
    private static List<ItemPath> foldersOf(Collection<Slot> slots) {
        Set<ItemPath> parents = new LinkedHashSet<>();
        slots.forEach(slot -> parents.add(slot.path.parent()));
        TreeSet<String> all = new TreeSet<>();
        parents.stream()
                .filter(parent -> !parent.isRoot())
                .forEach(parent -> parent.andAncestors().forEach(folder -> all.add(folder.value())));
        return all.stream().map(ItemPath::new).toList();
    }

    /** Gives up bytes that no document names; of those that were published, the sweep looks whether it is so. */
    private Mono<Void> letGo(List<Slot> slots) {
        List<Slot> unused = slots.stream()
                .filter(slot -> slot.given.bytes() instanceof Written && !slot.isStored())
                .toList();
        Set<String> published = unused.stream()
                .filter(slot -> slot.isTried && slot.staged().mayBePublished())
                .map(slot -> slot.staged().content().sha256())
                .collect(Collectors.toSet());
        return parts.released
                .add(published)
                .thenMany(Flux.fromIterable(unused))
                .flatMap(
                        slot -> ((Written) Objects.requireNonNull(slot.given.bytes()))
                                .writing()
                                .abandon(),
                        AT_ONCE)
                .then();
    }
}
