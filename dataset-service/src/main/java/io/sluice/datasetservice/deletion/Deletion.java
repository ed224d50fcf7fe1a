package io.sluice.datasetservice.deletion;

import java.time.Instant;

/**
 * That a document is being deleted, and when a worker may next take it up. A document without one is alive.
 *
 * @param dueAt in the past: any worker may take it; in the future: a worker holds it, or it waits after a failure
 * @param attempts how often it was taken up
 */
public record Deletion(Instant dueAt, int attempts) {}
