package io.sluice.authservice.session;

import java.time.Instant;
import org.springframework.data.mongodb.repository.Query;
import org.springframework.data.mongodb.repository.ReactiveMongoRepository;
import org.springframework.data.mongodb.repository.Update;
import reactor.core.publisher.Mono;

interface SessionRepository extends ReactiveMongoRepository<Session, String> {

    @Query("{ '_id' : ?0 }")
    @Update("{ '$set' : { 'lastUsedAt' : ?1 } }")
    Mono<Long> markUsed(String refreshTokenDigest, Instant now);
}
