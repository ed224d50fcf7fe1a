package io.sluice.authservice.bot;

import org.springframework.data.mongodb.repository.ReactiveMongoRepository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

interface BotRepository extends ReactiveMongoRepository<Bot, String> {

    Flux<Bot> findByProjectIdOrderById(String projectId);

    Mono<Long> countByProjectId(String projectId);

    Mono<Bot> findByIdAndProjectId(String id, String projectId);
}
