package io.sluice.authservice.departure;

import java.time.Instant;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * The order to end an account. It is stored before anything ends and removed when everything has.
 *
 * @param dueAt in the past: any replica may take it up; in the future: one holds it, or it waits after a failure
 * @param attempts how often it was taken up
 */
@Document("departures")
record Departure(@Id String userId, Instant dueAt, int attempts) {}
