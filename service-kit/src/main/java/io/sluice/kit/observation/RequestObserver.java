package io.sluice.kit.observation;

/** Hears of requests. Called for each, on an event loop. */
public interface RequestObserver {

    default void begun() {}

    void ended(ObservedRequest request);
}
