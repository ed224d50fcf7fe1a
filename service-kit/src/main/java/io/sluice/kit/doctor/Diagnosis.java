package io.sluice.kit.doctor;

import reactor.core.publisher.Flux;

/** Looks at something that a service needs. Changes nothing that is there, and fails for nothing: a failure is what it finds. */
@FunctionalInterface
public interface Diagnosis {

    Flux<Finding> look();
}
