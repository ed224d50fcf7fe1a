package io.sluice.kit.command;

import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * Long work that somebody asked for, as it is stored (contract core §8). Every change of it is one atomic update.
 *
 * @param type which {@link CommandWork} carries it out
 * @param creator who asked for it
 * @param what is to be done, in the words of its {@link CommandWork}; null when it has ended
 * @param about what is known of it as long as it is kept; null for nothing
 * @param total about how much there is to do; null until somebody has counted
 * @param done how much of it was done before {@code step}
 * @param step what is being done, and is done again after a crash; null before the first and after the last
 * @param error why it failed, for people; null when it did not
 * @param result what has come of it, beside counts; null until it has succeeded
 * @param isAbortWanted whether it is to stop before the next step
 * @param attempts how often it was taken up since its last step began
 * @param slot one of the places that its creator has for unfinished commands; null when it has ended
 * @param holder the one attempt that may carry it out, and nobody after it; null while it waits, and when it has ended
 * @param leasedUntil when it may be taken up, because it waits or because its holder must be dead; null when it has ended
 * @param expiresAt when it is forgotten; null until it has ended
 * @param revision counts the changes that clients see
 */
@Document("commands")
public record Command(
        @Id String id,
        String type,
        Status status,
        String creator,
        String datasetId,
        String projectId,
        @Nullable JsonObject what,
        @Nullable JsonObject about,
        @Nullable Long total,
        long done,
        @Nullable Step step,
        @Nullable String error,
        @Nullable JsonObject result,
        boolean isAbortWanted,
        int attempts,
        @Nullable String slot,
        @Nullable String holder,
        @Nullable Instant leasedUntil,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant expiresAt,
        long revision) {

    private static final int ALL = 100;

    /** The states of the contract that a command of ours can be in. */
    public enum Status {
        CREATED,
        IN_PROGRESS,
        SUCCESS,
        FAILED,
        ABORTED;

        private static final Set<Status> UNFINISHED = EnumSet.of(CREATED, IN_PROGRESS);

        /** As clients know it. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * A part of the work that is small enough to be done again.
     *
     * @param after the end of the step before it, in the words of the {@link CommandWork}; null for the first
     * @param upTo its end
     * @param size about how much of the total it is
     */
    public record Step(@Nullable String after, String upTo, long size) {}

    public boolean isUnfinished() {
        return Status.UNFINISHED.contains(status);
    }

    /** What is to be done, for as long as there is something. */
    public JsonObject todo() {
        return what == null ? JsonObject.EMPTY : what;
    }

    /** The last id that a thing can have that was there when this was accepted; ids begin with the second. */
    public String lastIdThen() {
        return new ObjectId((int) createdAt.getEpochSecond(), 0).toHexString().substring(0, 8) + "f".repeat(16);
    }

    /** How much is done when the step that is under way is. */
    public long doneWithStep() {
        return step == null ? done : done + step.size();
    }

    /** In percent; 100 only when all has been done. */
    public int progress() {
        if (status == Status.SUCCESS) {
            return ALL;
        }
        return total == null || total == 0 ? 0 : (int) Math.min(ALL - 1, done * ALL / total);
    }
}
