package io.sluice.cli.upload;

import io.sluice.cli.console.Exit;
import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Report;
import io.sluice.cli.console.Report.Outcome;
import io.sluice.cli.gate.Patience;
import io.sluice.cli.gate.Unavailable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Brings one batch of files into the dataset: asks what of them is there, and sends the rest. What has not been answered is asked
 * about again, so nothing goes over the wire twice that has arrived.
 */
final class Sending {

    private static final int NO_ROOM = 507;

    private final Bulk bulk;
    private final UploadMode mode;
    private final Report report;
    private final Patience patience;

    /** Those of which it is not known yet what becomes of them, by their paths. */
    private final Map<String, ReadFile> pending = new LinkedHashMap<>();

    private String lastReason = "the gate did not say what became of it";

    Sending(Bulk bulk, UploadMode mode, Report report, Patience patience) {
        this.bulk = bulk;
        this.mode = mode;
        this.report = report;
        this.patience = patience;
    }

    void run(List<LocalFile> files) {
        files.forEach(this::read);
        for (int attempt = 1; !pending.isEmpty(); attempt++) {
            Duration asked = Duration.ZERO;
            try {
                tryOnce();
            } catch (Unavailable failure) {
                if (attempt >= patience.attempts()) {
                    throw failure;
                }
                asked = failure.retryAfter();
            }
            if (!pending.isEmpty()) {
                if (attempt >= patience.attempts()) {
                    List.copyOf(pending.keySet()).forEach(path -> failed(path, lastReason));
                    return;
                }
                patience.pause(attempt, asked);
            }
        }
    }

    private void read(LocalFile file) {
        try {
            pending.put(file.path(), ReadFile.of(file));
        } catch (IOException unreadable) {
            report.failed(file.path(), Walk.reason(unreadable));
        }
    }

    private void tryOnce() {
        List<ReadFile> known = new ArrayList<>();
        List<ReadFile> plain = new ArrayList<>();
        List<ReadFile> described = new ArrayList<>();
        for (JsonNode state : bulk.check(pending.values())) {
            ReadFile file = pending.get(pathIn(state));
            if (file == null) {
                remember(state);
                continue;
            }
            boolean isTaken = state.has("id");
            boolean hasSidecar = file.file().sidecar() != null;
            switch (state.path("state").asString("")) {
                case "there" -> {
                    if (mode == UploadMode.OVERWRITE && hasSidecar) {
                        known.add(file);
                    } else {
                        done(file, Outcome.SKIPPED, state);
                    }
                }
                case "known", "missing" -> {
                    if (isTaken && mode == UploadMode.SKIP) {
                        done(file, Outcome.KEPT, state);
                    } else if (state.path("state").asString("").equals("known")) {
                        known.add(file);
                    } else {
                        (hasSidecar ? described : plain).add(file);
                    }
                }
                default -> settle(state);
            }
        }
        request(known, bulk::link);
        request(plain, files -> bulk.send(files, false));
        request(described, files -> bulk.send(files, true));
    }

    private interface Request {

        List<JsonNode> of(List<ReadFile> files) throws IOException;
    }

    private void request(List<ReadFile> files, Request request) {
        if (files.isEmpty()) {
            return;
        }
        try {
            request.of(files).forEach(this::settle);
        } catch (IOException | JacksonException unreadable) {
            apart(files, request, unreadable);
        }
    }

    /** One of them cannot be read any more, or its sidecar is no JSON: the others need not suffer for that. */
    private void apart(List<ReadFile> files, Request request, Exception unreadable) {
        if (files.size() > 1) {
            files.forEach(file -> request(List.of(file), request));
            return;
        }
        failed(
                files.get(0).path(),
                unreadable instanceof IOException failure
                        ? Walk.reason(failure)
                        : "its sidecar is no JSON: " + ((JacksonException) unreadable).getOriginalMessage());
    }

    /** What the platform says became of a file. */
    private void settle(JsonNode answer) {
        ReadFile file = pending.get(pathIn(answer));
        if (file == null) {
            remember(answer);
            return;
        }
        switch (answer.path("outcome").asString("")) {
            case "created" -> done(file, Outcome.CREATED, answer);
            case "overwritten" -> done(file, Outcome.OVERWRITTEN, answer);
            case "skipped" -> done(file, Outcome.SKIPPED, answer);
            default -> problem(file, answer.path("problem"));
        }
    }

    private void problem(ReadFile file, JsonNode problem) {
        String reason = problem.path("message").asString(problem.path("detail").asString("failed"));
        switch (problem.path("status").asInt(0)) {
            case NO_ROOM -> throw new Failure(Exit.UNREACHABLE, "The platform has no room left: " + reason);
            case 408, 429, 502, 503, 504 -> lastReason = reason;
            default -> failed(file.path(), reason);
        }
    }

    /** The last line of an answer says why not everything was read. */
    private void remember(JsonNode answer) {
        JsonNode problem = answer.path("problem");
        lastReason = problem.path("message").asString(problem.path("detail").asString(lastReason));
    }

    private void done(ReadFile file, Outcome outcome, JsonNode answer) {
        pending.remove(file.path());
        String id = answer.path("id").asString("");
        report.done(file.path(), outcome, file.size(), file.sha256(), id.isEmpty() ? null : id);
    }

    private void failed(String path, String reason) {
        pending.remove(path);
        report.failed(path, reason);
    }

    /** In an archive a path has no slash at its beginning; where it is refused it comes back as it was. */
    private static String pathIn(JsonNode line) {
        String path = line.path("path").asString("");
        return path.startsWith("/") ? path : "/" + path;
    }
}
