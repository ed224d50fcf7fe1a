package io.sluice.itemservice.content;

import io.sluice.itemservice.content.segment.Findings;
import io.sluice.itemservice.content.segment.SegmentCheck;
import io.sluice.itemservice.content.segment.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Mono;

/** Looks at everything that is kept in a folder, for somebody who wants to know whether it is all right. */
public final class StoreCheck implements Check {

    private static final int AT_ONCE = 1_000;
    private static final int BUFFER = 64 * 1024;

    /** What came later may be an upload that is under way. */
    private static final Duration UNDER_WAY = Duration.ofHours(1);

    private final Path folder;
    private final ReactiveMongoTemplate mongo;
    private final NamedContents documents;
    private final SegmentCheck segments;
    private final Clock clock;

    public StoreCheck(Path folder, ReactiveMongoTemplate mongo, NamedContents documents, Clock clock) {
        this.folder = folder;
        this.mongo = mongo;
        this.documents = documents;
        this.segments = new SegmentCheck(folder.resolve("segments"), mongo, clock);
        this.clock = clock;
    }

    @Override
    public long size() throws IOException {
        long all = segments.size();
        for (int first = 0; first < 256; first++) {
            try (Stream<Path> files = filesIn(first)) {
                all += files.mapToLong(file -> file.toFile().length()).sum();
            }
        }
        return all;
    }

    @Override
    public void scrub(Findings findings) throws IOException {
        segments.verify(findings);
        for (int first = 0; first < 256; first++) {
            try (Stream<Path> files = filesIn(first)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    verify(file, findings);
                }
            }
        }
    }

    @Override
    public void compare(boolean repairs, Findings findings) throws IOException {
        segments.compare(documents::named, repairs, findings);
        lookForOrphans(repairs, findings);
        lookForTheLost(findings);
    }

    private void verify(Path file, Findings findings) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream bytes = new DigestInputStream(Files.newInputStream(file), digest)) {
            for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
                findings.read(read);
            }
        } catch (NoSuchFileException goneMeanwhile) {
            return;
        }
        String sha256 = file.getFileName().toString();
        if (!HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
            findings.wrong("file " + folder.relativize(file) + ": the bytes of " + sha256 + " are damaged");
        }
    }

    /** Nobody looks at a file again that no document names, unless it was released. */
    private void lookForOrphans(boolean repairs, Findings findings) throws IOException {
        Instant limit = clock.instant().minus(UNDER_WAY);
        for (int first = 0; first < 256; first++) {
            Set<String> old = new HashSet<>();
            try (Stream<Path> files = filesIn(first)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
                        old.add(file.getFileName().toString());
                    }
                }
            }
            if (!old.isEmpty()) {
                old.removeAll(Objects.requireNonNullElse(Waiting.on(documents.named(old)), Set.<String>of()));
            }
            for (String orphan : old) {
                String what = "file sha256/" + orphan.substring(0, 2) + "/" + orphan + ": no document names it";
                if (repairs) {
                    Waiting.on(mongo.save(new ReleasedBlob(orphan, clock.instant())));
                    findings.repaired(what);
                } else {
                    findings.harmless(what);
                }
            }
        }
    }

    private void lookForTheLost(Findings findings) throws IOException {
        BlobFiles files = new BlobFiles(folder);
        Waiting.on(documents
                .all()
                .buffer(AT_ONCE)
                .concatMap(some -> segments.known(some)
                        .doOnNext(known -> Set.copyOf(some).stream()
                                .filter(sha256 -> !known.contains(sha256) && !files.isThere(sha256))
                                .forEach(lost ->
                                        findings.wrong("documents name the bytes " + lost + ", which are lost")))
                        .then(Mono.empty()))
                .then());
    }

    private Stream<Path> filesIn(int first) throws IOException {
        Path part = folder.resolve("sha256").resolve(HexFormat.of().toHexDigits((byte) first));
        return Files.isDirectory(part) ? Files.list(part) : List.<Path>of().stream();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
