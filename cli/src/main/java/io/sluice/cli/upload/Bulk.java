package io.sluice.cli.upload;

import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Json;
import io.sluice.cli.console.Report;
import io.sluice.cli.gate.Gate;
import io.sluice.cli.gate.Unavailable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The requests of a bulk upload. Each of them answers a line an item. */
final class Bulk {

    private static final String LINES = "application/x-ndjson";
    private static final String TAR = "application/x-tar";

    /** A slower line than this is none. */
    private static final long SLOWEST_BYTES_PER_SECOND = 20_000;

    private final Gate gate;
    private final String path;
    private final String mode;
    private final Report report;

    Bulk(Gate gate, JsonNode dataset, UploadMode mode, Report report) {
        this.gate = gate;
        this.path = "/api/v1/datasets/" + dataset.path("id").asString() + "/items/bulk";
        this.mode = mode.wireName();
        this.report = report;
    }

    /** Asks what of them is there. */
    List<JsonNode> check(Collection<ReadFile> files) {
        StringBuilder body = new StringBuilder();
        files.forEach(file -> line(body, known(file)));
        return post(path + "/check", BodyPublishers.ofString(body.toString()), LINES, body.length());
    }

    /** Makes items of bytes that are there. */
    List<JsonNode> link(Collection<ReadFile> files) throws IOException {
        StringBuilder body = new StringBuilder();
        for (ReadFile file : files) {
            line(body, withSidecar(known(file), file));
        }
        return post(path + "?mode=" + mode, BodyPublishers.ofString(body.toString()), LINES, body.length());
    }

    private static ObjectNode known(ReadFile file) {
        return Json.object()
                .put("path", file.path())
                .put("sha256", file.sha256())
                .put("size", file.size());
    }

    /** In a line stands what else is in the sidecar; what may not be there, the platform refuses as in the sidecar itself. */
    private static ObjectNode withSidecar(ObjectNode line, ReadFile file) throws IOException {
        if (file.file().sidecar() != null) {
            if (!(Json.read(Files.readAllBytes(file.file().sidecar())) instanceof ObjectNode sidecar)) {
                throw new IOException("its sidecar is no JSON object");
            }
            sidecar.remove(List.of("path", "sha256", "size", "base64"));
            line.setAll(sidecar);
        }
        return line;
    }

    private static void line(StringBuilder body, ObjectNode line) {
        body.append(Json.write(line)).append('\n');
    }

    /** Sends their bytes, and what stands in their sidecars. */
    List<JsonNode> send(Collection<ReadFile> files, boolean withSidecars) throws IOException {
        String target = path + "?mode=" + mode + "&sidecars=" + (withSidecars ? "beside" : "none");
        for (ReadFile file : files) {
            if (file.bytes() == null) {
                return sendLarge(file, target);
            }
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (ReadFile file : files) {
            byte[] bytes = Objects.requireNonNull(file.bytes());
            body.writeBytes(Tar.header(file.path(), bytes.length));
            body.writeBytes(bytes);
            body.writeBytes(Tar.padding(bytes.length));
            body.writeBytes(sidecar(file));
        }
        body.writeBytes(Tar.END);
        return post(target, BodyPublishers.ofByteArray(body.toByteArray()), TAR, body.size());
    }

    private static byte[] sidecar(ReadFile file) throws IOException {
        if (file.file().sidecar() == null) {
            return new byte[0];
        }
        byte[] text = Files.readAllBytes(file.file().sidecar());
        ByteArrayOutputStream part = new ByteArrayOutputStream();
        part.writeBytes(Tar.header(file.path() + ".json", text.length));
        part.writeBytes(text);
        part.writeBytes(Tar.padding(text.length));
        return part.toByteArray();
    }

    private List<JsonNode> sendLarge(ReadFile file, String target) throws IOException {
        byte[] before = Tar.header(file.path(), file.size());
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        rest.writeBytes(Tar.padding(file.size()));
        rest.writeBytes(sidecar(file));
        rest.writeBytes(Tar.END);
        AtomicReference<@Nullable LargeFile> sent = new AtomicReference<>();
        long[] read = {0};
        BodyPublisher body = BodyPublishers.ofInputStream(() -> {
            try {
                report.underway(-read[0]);
                read[0] = 0;
                LargeFile large = new LargeFile(file, count -> {
                    read[0] += count;
                    report.underway(count);
                });
                sent.set(large);
                return new SequenceInputStream(Collections.enumeration(List.<InputStream>of(
                        new ByteArrayInputStream(before), large, new ByteArrayInputStream(rest.toByteArray()))));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        });
        long length = before.length + file.size() + rest.size();
        try {
            return post(target, BodyPublishers.fromPublisher(body, length), TAR, length);
        } catch (Unavailable broken) {
            LargeFile large = sent.get();
            if (large != null && large.hasChanged()) {
                throw new IOException("has changed while it was sent; nothing was made of it");
            }
            throw broken;
        } finally {
            report.underway(-read[0]);
        }
    }

    private List<JsonNode> post(String target, BodyPublisher body, String type, long length) {
        Duration limit = Gate.USUAL_LIMIT.plusSeconds(length / SLOWEST_BYTES_PER_SECOND);
        String answer = gate.send(
                        builder -> builder.uri(gate.uri(target))
                                .header("Content-Type", type)
                                .header("Accept", LINES)
                                .POST(body),
                        BodyHandlers.ofString(StandardCharsets.UTF_8),
                        limit)
                .body();
        List<JsonNode> lines = new ArrayList<>();
        try {
            answer.lines().filter(line -> !line.isBlank()).forEach(line -> lines.add(Json.read(line)));
        } catch (JacksonException notLines) {
            throw Failure.failed(
                    gate.root() + " answered a bulk upload with something that is no JSON; is it a Sluice gate?");
        }
        return lines;
    }
}
