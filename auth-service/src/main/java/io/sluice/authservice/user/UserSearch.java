package io.sluice.authservice.user;

import static org.springframework.data.mongodb.core.query.Criteria.where;

import io.sluice.kit.paging.Cursor;
import io.sluice.kit.paging.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Finds users by parts of their address and name. */
@Component
class UserSearch {

    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final Pattern SPACES = Pattern.compile("\\s+");

    private final ReactiveMongoTemplate mongo;

    UserSearch(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    /**
     * One page, by address.
     *
     * @param email a part of the address, in any case; empty for any
     * @param name words, each of them a part of the first or the last name, in any case; empty for any
     */
    Mono<Page<UserView>> page(String email, String name, int page, int pageSize) {
        Query matching = new Query(criteria(email, name)).maxTime(LONGEST);
        Mono<Long> total = mongo.count(matching, User.class);
        long offset = (long) page * pageSize;
        Mono<List<UserView>> items = pageSize == 0 || offset > Integer.MAX_VALUE
                ? Mono.just(List.of())
                : mongo.find(
                                Query.of(matching)
                                        .with(Sort.by("_id"))
                                        .skip(offset)
                                        .limit(pageSize),
                                User.class)
                        .map(UserView::of)
                        .collectList();
        return Mono.zip(items, total, (some, all) -> Page.of(some, all, page, pageSize));
    }

    /** The page beside a place, without totals. */
    Mono<Page<UserView>> page(String email, String name, Cursor place, int pageSize) {
        Criteria beside =
                place.isAfter() ? where("_id").gt(place.key()) : where("_id").lt(place.key());
        Query matching = new Query(new Criteria().andOperator(criteria(email, name), beside))
                .with(Sort.by(place.isAfter() ? Sort.Direction.ASC : Sort.Direction.DESC, "_id"))
                .limit(pageSize + 1)
                .maxTime(LONGEST);
        return mongo.find(matching, User.class)
                .collectList()
                .map(found -> place.page(found, pageSize, User::email).map(UserView::of));
    }

    private static Criteria criteria(String email, String name) {
        List<Criteria> all = new ArrayList<>();
        if (!email.isBlank()) {
            all.add(where("_id").regex(Pattern.quote(email.strip().toLowerCase(Locale.ROOT))));
        }
        SPACES.splitAsStream(name.strip()).filter(word -> !word.isEmpty()).forEach(word -> {
            Pattern part = Pattern.compile(Pattern.quote(word), Pattern.CASE_INSENSITIVE);
            all.add(new Criteria()
                    .orOperator(
                            where("firstName").regex(part), where("lastName").regex(part)));
        });
        return all.isEmpty() ? new Criteria() : new Criteria().andOperator(all);
    }
}
