package io.sluice.itemservice.bulk;

import io.sluice.itemservice.content.Content;
import io.sluice.itemservice.item.Intake.Checked;
import io.sluice.itemservice.item.TakenItem;
import io.sluice.itemservice.item.TakenItem.Outcome;
import io.sluice.kit.error.Problem;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponse;
import org.springframework.web.reactive.function.client.WebClientException;
import tools.jackson.databind.json.JsonMapper;

/** The lines of an answer, and what they come to. */
final class BulkLines {

    private static final Logger log = LoggerFactory.getLogger(BulkLines.class);
    private static final int RETRY_AFTER_SECONDS = 2;

    private final JsonMapper json;
    private final Map<Outcome, Long> totals = new EnumMap<>(Outcome.class);
    private long bytes;
    private @Nullable Throwable end;

    BulkLines(JsonMapper json) {
        this.json = json;
    }

    /**
     * What is said of an item.
     *
     * @param path its own, or what was given for one
     */
    record Line(String path, TakenItem taken) {}

    void count(Line line) {
        totals.merge(line.taken().outcome(), 1L, Long::sum);
        Content content = line.taken().content();
        if (content != null && line.taken().outcome() != Outcome.SKIPPED) {
            bytes += content.size();
        }
    }

    /** Says why not all that was sent was read. */
    void stop(Throwable failure) {
        end = failure;
    }

    byte[] write(Line line) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("path", line.path());
        TakenItem taken = line.taken();
        if (taken.id() != null) {
            members.put("id", taken.id());
        }
        members.put("outcome", wireName(taken.outcome()));
        Content content = taken.content();
        if (content != null) {
            members.put("sha256", content.sha256());
            members.put("size", content.size());
        }
        if (taken.failure() != null) {
            members.put("problem", problem(taken.failure()));
        }
        return line(members);
    }

    byte[] write(String path, Checked checked) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("path", path);
        members.put("state", checked.presence().name().toLowerCase(Locale.ROOT));
        if (checked.itemId() != null) {
            members.put("id", checked.itemId());
        }
        return line(members);
    }

    /** The last line. */
    byte[] total() {
        Map<String, @Nullable Object> counted = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            counted.put(wireName(outcome), totals.getOrDefault(outcome, 0L));
        }
        counted.put("bytes", bytes);
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("totals", counted);
        if (end != null) {
            members.put("problem", problem(end));
        }
        return line(members);
    }

    /** The last line of an answer without totals: why not all that was sent was read. */
    byte[] ended(Throwable failure) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("problem", problem(failure));
        return line(members);
    }

    private static String wireName(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private byte[] line(Map<String, @Nullable Object> members) {
        byte[] text = json.writeValueAsBytes(members);
        byte[] line = Arrays.copyOf(text, text.length + 1);
        line[text.length] = '\n';
        return line;
    }

    private static ProblemDetail problem(Throwable failure) {
        if (failure instanceof ErrorResponse known) {
            return known.getBody();
        }
        if (failure instanceof Archive.Unreadable || failure instanceof Archive.BrokenMember) {
            return Problem.MALFORMED_REQUEST
                    .with("The body " + failure.getMessage())
                    .getBody();
        }
        if (failure instanceof DataAccessResourceFailureException
                || failure instanceof WebClientException
                || failure instanceof TimeoutException) {
            return Problem.unavailable("A part of the platform does not answer at the moment", RETRY_AFTER_SECONDS)
                    .getBody();
        }
        if (failure instanceof Stalled) {
            return Problem.REQUEST_TIMEOUT
                    .with(String.valueOf(failure.getMessage()))
                    .getBody();
        }
        if (failure instanceof IOException unreadable) {
            return Problem.MALFORMED_REQUEST
                    .with("The body cannot be read: " + unreadable.getMessage())
                    .getBody();
        }
        log.error("An item of a bulk upload failed", failure);
        return Problem.INTERNAL.with("Something went wrong on our side").getBody();
    }
}
