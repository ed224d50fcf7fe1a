package io.sluice.cli.download;

import io.sluice.cli.console.Report;
import io.sluice.cli.console.Report.Outcome;
import io.sluice.cli.console.Sha256;
import io.sluice.cli.gate.Answer;
import io.sluice.cli.gate.Gate;
import io.sluice.cli.gate.Patience;
import io.sluice.cli.gate.Refusal;
import io.sluice.cli.gate.Unavailable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Brings items onto this machine, those that are not there yet. */
final class Fetching {

    private static final int NOT_MODIFIED = 304;

    /** A slower line than this is none. */
    private static final long SLOWEST_BYTES_PER_SECOND = 20_000;

    private final Gate gate;
    private final Target target;
    private final Report report;
    private final Patience patience;
    private final Set<Path> parts = ConcurrentHashMap.newKeySet();

    Fetching(Gate gate, Target target, Report report, Patience patience) {
        this.gate = gate;
        this.target = target;
        this.report = report;
        this.patience = patience;
    }

    /** @param relative where it goes */
    void fetch(JsonNode item, String relative) {
        String path = item.path("filename").asString("");
        long size = item.path("metadata").path("system").path("size").asLong(0);
        try {
            Path place = target.place(relative);
            String here = digestOf(place, size);
            for (int attempt = 1; ; attempt++) {
                try {
                    if (tryOnce(item, place, size, here)) {
                        return;
                    }
                } catch (Unavailable failure) {
                    if (attempt >= patience.attempts()) {
                        throw failure;
                    }
                    patience.pause(attempt, failure.retryAfter());
                    continue;
                }
                if (attempt >= patience.attempts()) {
                    report.failed(path, "came with other bytes than its digest says, again and again");
                    return;
                }
            }
        } catch (Refusal refused) {
            if (refused.status() != 404 && refused.status() < 500) {
                throw refused;
            }
            report.failed(path, refused.status() == 404 ? "is not there any more" : refused.message());
        } catch (IOException notWritten) {
            report.failed(path, reason(notWritten));
        }
    }

    /** @return whether that settled it; false when other bytes came than were promised */
    private boolean tryOnce(JsonNode item, Path place, long size, @Nullable String here) throws IOException {
        String id = item.path("id").asString("");
        String path = item.path("filename").asString("");
        Path temporary = place.resolveSibling(".sluice-" + id + ".part");
        parts.add(temporary);
        try (Part part = new Part(temporary, report::underway)) {
            Answer<Boolean> answer = gate.send(
                    builder -> asking(builder, id, here),
                    info -> info.statusCode() == NOT_MODIFIED
                            ? BodySubscribers.replacing(false)
                            : BodySubscribers.mapping(BodySubscribers.ofByteArrayConsumer(part), nothing -> true),
                    Gate.USUAL_LIMIT.plus(Duration.ofSeconds(size / SLOWEST_BYTES_PER_SECOND)));
            if (!answer.body()) {
                report.done(path, Outcome.SKIPPED, size, here, id);
                return true;
            }
            String sha256 = part.sha256();
            if (!answer.headers().firstValue("etag").orElse("").equals(tag(sha256))) {
                return false;
            }
            part.becomes(place);
            report.done(path, Outcome.DOWNLOADED, part.size(), sha256, id);
            return true;
        } finally {
            parts.remove(temporary);
        }
    }

    /** The bytes themselves, also of an item that links to another one. */
    private HttpRequest.Builder asking(HttpRequest.Builder builder, String id, @Nullable String here) {
        builder.uri(gate.uri("/api/v1/items/" + id + "/stream")).header("x-dl-sanitize", "0");
        return here == null ? builder : builder.header("If-None-Match", tag(here));
    }

    private static String tag(String sha256) {
        return '"' + sha256 + '"';
    }

    /** Of the file that is there already; null when it cannot be the same. */
    private static @Nullable String digestOf(Path place, long size) throws IOException {
        if (!Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS) || Files.size(place) != size) {
            return null;
        }
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(place), Sha256.digest())) {
            in.transferTo(OutputStream.nullOutputStream());
            return Sha256.hex(in.getMessageDigest());
        }
    }

    private static String reason(IOException failure) {
        String reason = failure instanceof FileSystemException ofFile ? ofFile.getReason() : failure.getMessage();
        return reason == null ? failure.getClass().getSimpleName() : reason;
    }

    /** What is not whole must not stay when the process ends. */
    void tidyUp() {
        for (Path part : parts) {
            try {
                Files.deleteIfExists(part);
            } catch (IOException stays) {
                // The next download of the same item writes over it.
                continue;
            }
        }
    }
}
