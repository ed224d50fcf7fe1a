package io.sluice.itemservice.item;

import io.sluice.itemservice.annotation.AnnotationQueries;
import io.sluice.itemservice.feature.ItemVectors;
import io.sluice.kit.query.Condition;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Any number of items as JSON that is written while they are read: no more than a piece of it is ever held. */
@Component
class ItemsJson {

    /** About as much as is written at once. */
    private static final int PIECE = 64 * 1024;

    /** As many as wait to be packed. */
    private static final int AHEAD = 64;

    private static final String ANNOTATIONS = "annotations";
    private static final String VECTORS = "itemVectors";

    private final AnnotationQueries annotations;
    private final ItemVectors vectors;
    private final JsonMapper json;

    ItemsJson(AnnotationQueries annotations, ItemVectors vectors, JsonMapper json) {
        this.annotations = annotations;
        this.vectors = vectors;
        this.json = json;
    }

    /**
     * How an item is spelled.
     *
     * @param api the root of the API, for its links
     * @param annotations which of them are listed in {@code annotations}; null for their address only
     * @param vectors which of them are listed in {@code itemVectors}; null for none
     */
    record Spelling(
            String api,
            @Nullable Condition annotations,
            @Nullable Condition vectors) {

        Spelling(String api) {
            this(api, null, null);
        }
    }

    /** An item and what it is in JSON. */
    record Spelled(Item item, byte[] json) {}

    /** Each of them, in the same order. */
    Flux<Spelled> each(Flux<Item> items, Spelling spelling) {
        boolean isPlain = spelling.annotations() == null && spelling.vectors() == null;
        return isPlain
                ? items.map(item -> new Spelled(item, json.writeValueAsBytes(ItemView.of(item, spelling.api()))))
                : items.bufferUntil(new Portions(spelling.vectors() == null ? 1 : Portions.WITH_VECTORS))
                        .concatMap(
                                some -> Mono.zip(annotationsOf(some, spelling), vectorsOf(some, spelling))
                                        .flatMapIterable(found -> some.stream()
                                                .map(item -> spelled(item, found.getT1(), found.getT2(), spelling))
                                                .toList()),
                                1);
    }

    private Mono<Map<String, List<Object>>> annotationsOf(List<Item> some, Spelling spelling) {
        Condition wanted = spelling.annotations();
        List<String> annotated =
                some.stream().filter(Item::annotated).map(Item::id).toList();
        return wanted == null || annotated.isEmpty()
                ? Mono.just(Map.of())
                : annotations.of(annotated, wanted, spelling.api());
    }

    private Mono<Map<String, List<Object>>> vectorsOf(List<Item> some, Spelling spelling) {
        Condition wanted = spelling.vectors();
        return wanted == null
                ? Mono.just(Map.of())
                : vectors.of(some.stream().map(Item::id).toList(), wanted);
    }

    private Spelled spelled(
            Item item, Map<String, List<Object>> annotated, Map<String, List<Object>> seen, Spelling spelling) {
        ObjectNode node = json.valueToTree(ItemView.of(item, spelling.api()));
        if (spelling.annotations() != null) {
            node.set(ANNOTATIONS, json.valueToTree(annotated.getOrDefault(item.id(), List.of())));
        }
        if (spelling.vectors() != null) {
            node.set(VECTORS, json.valueToTree(seen.getOrDefault(item.id(), List.of())));
        }
        return new Spelled(item, json.writeValueAsBytes(node));
    }

    /** Ends a portion when its items have enough annotations, or are enough. */
    private static final class Portions implements Predicate<Item> {

        private static final long MOST = 500;

        /** As much as an item weighs whose vectors, which are long, are told. */
        private static final long WITH_VECTORS = 20;

        private final long weightOfItem;
        private long weight;

        private Portions(long weightOfItem) {
            this.weightOfItem = weightOfItem;
        }

        @Override
        public boolean test(Item item) {
            weight += weightOfItem + item.annotationsCount();
            if (weight < MOST) {
                return false;
            }
            weight = 0;
            return true;
        }
    }

    /** One array of them, in pieces. */
    Flux<byte[]> array(Flux<Item> items, Spelling spelling) {
        return arrayOf(each(items, spelling).map(Spelled::json));
    }

    /** One array of what is in them, in pieces. */
    Flux<byte[]> array(Flux<Object> views) {
        return arrayOf(views.map(json::writeValueAsBytes));
    }

    private static Flux<byte[]> arrayOf(Flux<byte[]> each) {
        return Flux.defer(() -> {
            AtomicBoolean isBegun = new AtomicBoolean();
            return inPieces(each)
                    .map(piece -> joined(piece, isBegun.getAndSet(true) ? "," : "[", ",", ""))
                    .concatWith(
                            Mono.fromSupplier(() -> (isBegun.get() ? "]" : "[]").getBytes(StandardCharsets.US_ASCII)));
        });
    }

    /** One of them a line, in pieces. */
    Flux<byte[]> lines(Flux<Item> items, Spelling spelling) {
        return inPieces(each(items, spelling).map(Spelled::json)).map(piece -> joined(piece, "", "\n", "\n"));
    }

    /**
     * A ZIP with a file for each that is one, in pieces.
     *
     * @param keepsExtension as in {@link ItemsZip}
     * @param most how many it may be
     */
    Flux<byte[]> zip(Flux<Item> items, Spelling spelling, boolean keepsExtension, int most) {
        return Flux.defer(() -> {
            ItemsZip zip = new ItemsZip(keepsExtension, most);
            return each(items.filter(item -> !item.isDirectory()), spelling)
                    // Packing takes long for an event loop.
                    .publishOn(Schedulers.boundedElastic(), AHEAD)
                    .map(spelled -> zip.next(spelled.item(), spelled.json()))
                    .concatWith(Mono.fromSupplier(zip::last))
                    .filter(some -> some.length > 0);
        });
    }

    /** The first one alone, because somebody may wait for it. */
    private static Flux<List<byte[]>> inPieces(Flux<byte[]> each) {
        return Flux.defer(() -> {
            AtomicLong room = new AtomicLong();
            return each.bufferUntil(one -> {
                if (room.addAndGet(-one.length) > 0) {
                    return false;
                }
                room.set(PIECE);
                return true;
            });
        });
    }

    private static byte[] joined(List<byte[]> piece, String start, String between, String end) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(PIECE);
        bytes.writeBytes(start.getBytes(StandardCharsets.US_ASCII));
        byte[] separator = between.getBytes(StandardCharsets.US_ASCII);
        for (int index = 0; index < piece.size(); index++) {
            if (index > 0) {
                bytes.writeBytes(separator);
            }
            bytes.writeBytes(piece.get(index));
        }
        bytes.writeBytes(end.getBytes(StandardCharsets.US_ASCII));
        return bytes.toByteArray();
    }
}
