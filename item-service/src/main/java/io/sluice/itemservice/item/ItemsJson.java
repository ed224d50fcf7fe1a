package io.sluice.itemservice.item;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Any number of items as JSON that is written while they are read: no more than a piece of it is ever held. */
@Component
class ItemsJson {

    /** About as much as is written at once. */
    private static final int PIECE = 64 * 1024;

    private static final String ANNOTATIONS = "annotations";

    private final JsonMapper json;

    ItemsJson(JsonMapper json) {
        this.json = json;
    }

    /**
     * How an item is spelled.
     *
     * @param api the root of the API, for its links
     * @param hasAnnotations whether {@code annotations} is the list of them, else their address
     */
    record Spelling(String api, boolean hasAnnotations) {}

    byte[] of(Item item, Spelling spelling) {
        ItemView view = ItemView.of(item, spelling.api());
        if (!spelling.hasAnnotations()) {
            return json.writeValueAsBytes(view);
        }
        ObjectNode node = json.valueToTree(view);
        // Items have none yet.
        node.putArray(ANNOTATIONS);
        return json.writeValueAsBytes(node);
    }

    /** One array of them, in pieces. */
    Flux<byte[]> array(Flux<Item> items, Spelling spelling) {
        return arrayOf(items.map(item -> of(item, spelling)));
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
        return inPieces(items.map(item -> of(item, spelling))).map(piece -> joined(piece, "", "\n", "\n"));
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
