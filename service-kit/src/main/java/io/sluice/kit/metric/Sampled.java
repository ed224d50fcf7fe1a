package io.sluice.kit.metric;

import java.util.Map;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * A figure that the database has to be asked for, so it is looked at every now and then.
 *
 * @param tag what tells its values apart, such as {@code kind}
 * @param values each by what its tag says: one of few
 */
public record Sampled(String name, String description, String tag, Supplier<Mono<Map<String, Long>>> values) {}
