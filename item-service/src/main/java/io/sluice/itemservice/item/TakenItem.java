package io.sluice.itemservice.item;

import io.sluice.itemservice.content.Content;
import org.jspecify.annotations.Nullable;

/**
 * What became of a {@link GivenItem}.
 *
 * @param id of the item; null when there is none
 * @param content its bytes; null when there is no item
 * @param failure why it was not taken; null when it was, or needed not to be
 */
public record TakenItem(
        Outcome outcome,
        @Nullable String id,
        @Nullable Content content,
        @Nullable Throwable failure) {

    /** What was done. */
    public enum Outcome {
        /** It is a new item. */
        CREATED,
        /** The item that was there has the bytes, or what is said of it, now. */
        OVERWRITTEN,
        /** There is an item, and it was left alone. */
        SKIPPED,
        /** Nothing was changed. */
        FAILED
    }

    static TakenItem of(Outcome outcome, Item item) {
        return new TakenItem(outcome, item.id(), item.content(), null);
    }

    static TakenItem skipped(Items.Occupant occupant) {
        return new TakenItem(Outcome.SKIPPED, occupant.id(), occupant.content(), null);
    }

    public static TakenItem failed(Throwable failure) {
        return new TakenItem(Outcome.FAILED, null, null, failure);
    }
}
