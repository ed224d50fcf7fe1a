package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandWork;
import io.sluice.kit.mongo.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes all items that match into packed part files, each a step, and at last a manifest that names them (contract core
 * §4.11). A crash costs the part that was being written.
 */
@Component
class PartsExport implements CommandWork {

    static final String TYPE = "ExportDatasetInParts";

    static final String FULL = "full";
    static final String DIFF = "diff";
    static final String NDJSON = "ndjson";

    private static final String PARTS = "parts";
    private static final String FROM_VERSION = "fromVersion";
    private static final String MANIFEST = "manifest";
    private static final String MANIFEST_FILE = "manifest.json";
    private static final String EXPORT = "export";
    private static final String RECORDS = "records";
    private static final String MD5 = "md5";
    private static final char AFTER_NUMBER = ':';
    private static final int AHEAD = 4;

    private final Items items;
    private final ItemsJson itemsJson;
    private final ServiceFiles files;
    private final Exports exports;
    private final ExportProperties properties;
    private final JsonMapper json;

    PartsExport(
            Items items,
            ItemsJson itemsJson,
            ServiceFiles files,
            Exports exports,
            ExportProperties properties,
            JsonMapper json) {
        this.items = items;
        this.itemsJson = itemsJson;
        this.files = files;
        this.exports = exports;
        this.properties = properties;
        this.json = json;
    }

    /**
     * What is to be done, so that it can be stored.
     *
     * @param query the items
     * @param parts into how many parts; null for as many as are handy
     * @param fromVersion since which version they have changed, for the manifest; null for all
     */
    static JsonObject whatOf(JsonObject query, String api, @Nullable Long parts, @Nullable Long fromVersion) {
        return ItemsExport.spelled(query, api, JsonObject.EMPTY)
                .with(PARTS, parts)
                .with(FROM_VERSION, fromVersion);
    }

    private static @Nullable Object fromVersionOf(Command command) {
        return command.todo().members().get(FROM_VERSION);
    }

    private static String modeOf(Command command) {
        return fromVersionOf(command) == null ? FULL : DIFF;
    }

    /** Where the manifest of an export is. */
    static ItemPath manifestOf(String commandId) {
        return Export.part(commandId, MANIFEST_FILE);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Mono<Long> count(Command command) {
        return items.count(command.datasetId(), WorkOnMatches.filterOf(command), command.lastIdThen());
    }

    /** The last of some ids and how many there were. */
    private record Span(String lastId, long size) {

        private static final Span NONE = new Span("", 0);

        Span with(String id) {
            return new Span(id, size + 1);
        }
    }

    @Override
    public Flux<Command.Step> steps(Command command) {
        Command.Step before = command.step();
        if (before != null && before.upTo().equals(MANIFEST)) {
            return Flux.empty();
        }
        Command.Step start = before == null ? new Command.Step(null, "-1" + AFTER_NUMBER, 0) : before;
        String lastId = lastIdOf(start);
        return items.idsOf(
                        command.datasetId(),
                        WorkOnMatches.filterOf(command),
                        lastId.isEmpty() ? null : lastId,
                        command.lastIdThen())
                .window(itemsInPart(command))
                .concatMap(ids -> ids.reduce(Span.NONE, Span::with), 1)
                .filter(span -> span.size() > 0)
                .scan(start, PartsExport::next)
                .skip(1)
                .concatWithValues(new Command.Step(null, MANIFEST, 0));
    }

    private static Command.Step next(Command.Step before, Span span) {
        String after = lastIdOf(before);
        return new Command.Step(
                after.isEmpty() ? null : after, numberOf(before) + 1 + "" + AFTER_NUMBER + span.lastId(), span.size());
    }

    private static int numberOf(Command.Step step) {
        return Integer.parseInt(step.upTo().substring(0, step.upTo().indexOf(AFTER_NUMBER)));
    }

    private static String lastIdOf(Command.Step step) {
        return step.upTo().substring(step.upTo().indexOf(AFTER_NUMBER) + 1);
    }

    private int itemsInPart(Command command) {
        long total = Objects.requireNonNullElse(command.total(), 0L);
        return total > 0 && command.todo().members().get(PARTS) instanceof Number parts
                ? (int) Math.min(Integer.MAX_VALUE, (total + parts.longValue() - 1) / parts.longValue())
                : properties.itemsInPart();
    }

    @Override
    public Mono<Void> carryOut(Command command, Command.Step step) {
        Mono<?> file = step.upTo().equals(MANIFEST) ? manifest(command) : part(command, step);
        return exports.add(command).then(file).then();
    }

    private Mono<Item> part(Command command, Command.Step step) {
        String name = String.format(Locale.ROOT, "part-%05d.ndjson.gz", numberOf(step));
        AtomicLong records = new AtomicLong();
        MessageDigest digest = md5();
        Flux<Item> found = items.all(command.datasetId(), WorkOnMatches.filterOf(command), step.after(), lastIdOf(step))
                .doOnNext(item -> records.incrementAndGet());
        return files.ensure(
                new ServiceFiles.Description(
                        command.datasetId(),
                        Export.part(command.id(), name),
                        "application/gzip",
                        command.creator(),
                        () -> Map.of(
                                EXPORT,
                                Map.of(
                                        RECORDS,
                                        records.get(),
                                        MD5,
                                        Base64.getEncoder().encodeToString(digest.digest())))),
                packed(itemsJson.lines(found, ItemsExport.spellingOf(command))).doOnNext(digest::update));
    }

    private static Flux<byte[]> packed(Flux<byte[]> plain) {
        return Flux.defer(() -> {
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            GZIPOutputStream gzip = gzip(written);
            // Packing takes long for an event loop.
            return plain.publishOn(Schedulers.boundedElastic(), AHEAD)
                    .map(some -> packed(some, gzip, written))
                    .concatWith(Mono.fromSupplier(() -> packed(null, gzip, written)))
                    .filter(some -> some.length > 0);
        });
    }

    private static GZIPOutputStream gzip(ByteArrayOutputStream written) {
        try {
            return new GZIPOutputStream(written);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** @param plain null for the end */
    private static byte[] packed(byte @Nullable [] plain, GZIPOutputStream gzip, ByteArrayOutputStream written) {
        try {
            if (plain == null) {
                gzip.close();
            } else {
                gzip.write(plain);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        byte[] packed = written.toByteArray();
        written.reset();
        return packed;
    }

    private Mono<Void> manifest(Command command) {
        return parts(command)
                .collectList()
                .filter(parts -> !parts.isEmpty())
                .flatMap(parts -> files.ensure(
                        new ServiceFiles.Description(
                                command.datasetId(),
                                manifestOf(command.id()),
                                "application/json",
                                command.creator(),
                                () -> Map.of(EXPORT, Map.of(RECORDS, total(parts, PartsExport::recordsOf)))),
                        Flux.just(json.writeValueAsBytes(manifest(command, parts)))))
                .then();
    }

    private Flux<Item> parts(Command command) {
        ItemPath manifest = manifestOf(command.id());
        return items.below(command.datasetId(), manifest.parent())
                .filter(file -> !file.path().equals(manifest) && recordsOf(file) > 0);
    }

    private static long recordsOf(Item part) {
        return exportOf(part).get(RECORDS) instanceof Number records ? records.longValue() : 0;
    }

    private static Map<String, @Nullable Object> exportOf(Item part) {
        return part.metadata().object(Item.SYSTEM).object(EXPORT).members();
    }

    private static long sizeOf(Item part) {
        return Objects.requireNonNull(part.content()).size();
    }

    private static long total(List<Item> parts, ToLongFunction<Item> what) {
        return parts.stream().mapToLong(what).sum();
    }

    private static Map<String, @Nullable Object> manifest(Command command, List<Item> parts) {
        String api = ItemsExport.spellingOf(command).api();
        Map<String, @Nullable Object> manifest = new LinkedHashMap<>();
        manifest.put("manifestVersion", "1.0");
        manifest.put("exportId", command.id());
        manifest.put("datasetId", command.datasetId());
        manifest.put("mode", modeOf(command));
        manifest.put("format", NDJSON);
        manifest.put(FROM_VERSION, fromVersionOf(command));
        manifest.put("toVersion", versionOf(command));
        manifest.put("exportedAt", command.createdAt().toString());
        manifest.put(
                "statistics",
                Map.of(
                        "totalRecords", total(parts, PartsExport::recordsOf),
                        "totalBytes", total(parts, PartsExport::sizeOf),
                        "fileCount", parts.size()));
        List<Map<String, Object>> partitions = parts.stream()
                .map(part -> partition(parts.indexOf(part), part, api))
                .toList();
        manifest.put("partitions", partitions);
        manifest.put("partitioning", Map.of("partitionCount", parts.size(), "partitions", partitions));
        manifest.put("files", parts.stream().map(part -> file(part, api)).toList());
        return manifest;
    }

    private static Map<String, Object> partition(int index, Item part, String api) {
        return Map.of(
                "index", index,
                "hash", "",
                "itemCount", recordsOf(part),
                "filePath", part.filename(),
                "fileSize", sizeOf(part),
                "url", streamOf(part, api));
    }

    private static Map<String, @Nullable Object> file(Item part, String api) {
        Map<String, @Nullable Object> file = new LinkedHashMap<>();
        file.put("filename", part.name());
        file.put("path", streamOf(part, api));
        file.put("url", streamOf(part, api));
        file.put("size", sizeOf(part));
        file.put("checksum", exportOf(part).get(MD5));
        file.put("format", NDJSON);
        file.put("compression", "gzip");
        return file;
    }

    private static String streamOf(Item part, String api) {
        return api + "/items/" + part.id() + "/stream";
    }

    /** The state of the dataset that is exported is that of this time. */
    private static long versionOf(Command command) {
        return command.createdAt().toEpochMilli();
    }

    @Override
    public Mono<JsonObject> result(Command command) {
        return items.findAt(command.datasetId(), manifestOf(command.id()))
                .map(manifest -> result(
                        command,
                        ItemsExport.spellingOf(command).api() + "/datasets/" + command.datasetId() + "/exports/"
                                + command.id() + "/manifest",
                        recordsOf(manifest)))
                .defaultIfEmpty(result(command, null, 0));
    }

    private static JsonObject result(Command command, @Nullable String manifestUrl, long records) {
        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        result.put("manifestUrl", manifestUrl);
        result.put("totalRecords", records);
        result.put(FROM_VERSION, fromVersionOf(command));
        result.put("toVersion", versionOf(command));
        result.put("mode", modeOf(command));
        return JsonObject.EMPTY.with("exportResult", result);
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
