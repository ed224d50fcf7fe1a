package io.sluice.itemservice.item;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.itemservice.content.Content;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Which bytes are there, as far as one caller may know: those of items that the caller could read. To everybody else bytes
 * of which only the digest is known are the same as bytes that nobody has.
 */
final class KnownBytes {

    /** As long as somebody who has lost the right to read a dataset may still name its bytes. */
    private static final Duration REMEMBERED = Duration.ofSeconds(5);

    private static final int MOST_REMEMBERED = 10_000;

    /** Beside one item for each digest: of some bytes there are many items. */
    private static final int MORE = 1_000;

    /** As many other datasets as are asked about at once, and as many items of each of those bytes as are looked at. */
    private static final int MOST_DATASETS = 50;

    private static final int AT_ONCE = 4;

    /** What belongs to one item and not to its bytes. */
    private static final Set<String> OF_ITEMS =
            Set.of("size", "originalname", "encoding", "originalPath", "refs", Thumbnails.ID, Thumbnails.ERROR);

    private final Items items;
    private final DatasetClient datasets;
    private final Caller caller;
    private final String datasetId;
    private final Cache<String, Known> remembered = Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .expireAfterWrite(REMEMBERED)
            .build();

    /** @param facts what the platform has found out about the bytes */
    record Known(Content content, Map<String, @Nullable Object> facts) {}

    KnownBytes(Items items, DatasetClient datasets, Caller caller, String datasetId) {
        this.items = items;
        this.datasets = datasets;
        this.caller = caller;
        this.datasetId = datasetId;
    }

    /** Those of the digests that are known, by digest. */
    Mono<Map<String, Known>> of(Collection<String> digests) {
        Map<String, Known> known = new HashMap<>(remembered.getAllPresent(digests));
        Set<String> asked = new HashSet<>(digests);
        asked.removeAll(known.keySet());
        if (asked.isEmpty()) {
            return Mono.just(known);
        }
        int most = asked.size() + MORE;
        return items.naming(asked, most)
                .collectList()
                .flatMap(found -> readable(found).doOnNext(known::putAll).thenReturn(found.size() < most))
                .flatMapMany(isAll -> {
                    asked.removeAll(known.keySet());
                    return isAll ? Flux.<String>empty() : Flux.fromIterable(List.copyOf(asked));
                })
                // Items of bytes that many have may have hidden those of others.
                .flatMap(digest -> items.naming(List.of(digest), MOST_DATASETS).collectList(), AT_ONCE)
                .concatMap(this::readable)
                .doOnNext(known::putAll)
                .then(Mono.fromSupplier(() -> {
                    remembered.putAll(known);
                    return known;
                }));
    }

    private Mono<Map<String, Known>> readable(List<Items.Naming> found) {
        Set<String> places = found.stream().map(Items.Naming::datasetId).collect(Collectors.toSet());
        return Flux.fromIterable(places)
                .take(MOST_DATASETS)
                .filterWhen(this::mayRead, AT_ONCE)
                .collect(Collectors.toSet())
                .map(open -> found.stream()
                        .filter(naming -> open.contains(naming.datasetId()))
                        .collect(Collectors.toMap(
                                naming -> naming.content().sha256(), KnownBytes::known, (one, other) -> one)));
    }

    private Mono<Boolean> mayRead(String place) {
        return place.equals(datasetId)
                ? Mono.just(true)
                : datasets.require(caller, place, Permission.READ_ITEM)
                        .hasElement()
                        .onErrorResume(ErrorResponseException.class, closed -> Mono.just(false));
    }

    private static Known known(Items.Naming naming) {
        Map<String, @Nullable Object> facts =
                new LinkedHashMap<>(naming.system().members());
        facts.keySet().retainAll(ItemUpload.OWN_SYSTEM_KEYS);
        facts.keySet().removeAll(OF_ITEMS);
        return new Known(naming.content(), facts);
    }
}
