package io.sluice.itemservice.item;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Where the pages that follow those just answered begin, for those that are in the order of ids. Only a hint: whoever asks
 * a replica that does not know the place, gets a page that is stepped to.
 */
@Component
class PagePlaces {

    private static final int MOST = 10_000;
    private static final Duration KEPT = Duration.ofMinutes(10);

    private final Cache<Place, String> lastIds =
            Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(KEPT).build();

    /**
     * A page of one list.
     *
     * @param words in which the list is asked for, its dataset and its order; no two lists have the same
     */
    record Place(String words, int pageSize, int page) {

        Place next() {
            return new Place(words, pageSize, page + 1);
        }
    }

    /** The id that the page comes after; null when that is not known. */
    @Nullable
    String lastBefore(Place place) {
        return lastIds.getIfPresent(place);
    }

    /** A full page was answered, which ends with that id. */
    void answered(Place place, String lastId) {
        lastIds.put(place.next(), lastId);
    }
}
