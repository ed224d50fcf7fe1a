package io.sluice.kit.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Whether a folder can be written to, read from and tidied up, whether its disk keeps what it says it keeps, and has room. */
public final class FolderDiagnosis implements Diagnosis {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SLOW_SYNC = Duration.ofMillis(100);
    private static final int SAMPLE = 64 * 1024;
    private static final int PERCENT = 100;
    private static final int LITTLE = 10;
    private static final int HARDLY_ANY = 3;
    private static final long GIGABYTE = 1024L * 1024 * 1024;

    private final String what;
    private final Path folder;

    /** @param what is in it, such as {@code blobs} */
    public FolderDiagnosis(String what, Path folder) {
        this.what = what;
        this.folder = folder;
    }

    @Override
    public Flux<Finding> look() {
        return Mono.fromCallable(this::findings)
                .subscribeOn(Schedulers.boundedElastic())
                .timeout(PATIENCE)
                .onErrorResume(failure -> Mono.just(List.of(Finding.fail(
                        what,
                        folder + " cannot be used: " + failure,
                        "See that it is there, belongs to the user of the service, and is on a disk that is mounted for"
                                + " writing and answers."))))
                .flatMapIterable(all -> all);
    }

    private List<Finding> findings() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of(Finding.warn(
                    what, folder + " is not there", "It is made at the first start; else mount what should be there."));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(rights());
        findings.add(space());
        return findings;
    }

    private Finding rights() throws IOException {
        byte[] bytes = new byte[SAMPLE];
        ThreadLocalRandom.current().nextBytes(bytes);
        Path sample = Files.createTempFile(folder, ".doctor-", ".tmp");
        long synced;
        try {
            try (FileChannel file = FileChannel.open(sample, StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.wrap(bytes));
                long begun = System.nanoTime();
                file.force(true);
                synced = System.nanoTime() - begun;
            }
            if (!Arrays.equals(bytes, Files.readAllBytes(sample))) {
                return Finding.fail(
                        what,
                        folder + " gives back other bytes than were written",
                        "Replace the disk; restore from a copy.");
            }
        } finally {
            Files.delete(sample);
        }
        String text = "a test file in " + folder + " was written, synced in "
                + Duration.ofNanos(synced).toMillis() + " ms, read and deleted";
        return synced <= SLOW_SYNC.toNanos()
                ? Finding.ok(what, text)
                : Finding.warn(
                        what, text, "Each upload waits for a sync: use a local SSD, or one with a battery behind it.");
    }

    private Finding space() throws IOException {
        FileStore disk = Files.getFileStore(folder);
        long free = disk.getUsableSpace();
        long share = disk.getTotalSpace() == 0 ? 0 : free * PERCENT / disk.getTotalSpace();
        String check = what + " space";
        String text = "%.1f GB (%d %%) of %s free".formatted((double) free / GIGABYTE, share, folder);
        if (share < HARDLY_ANY) {
            return Finding.fail(check, text, "Make room now: uploads are refused when it is used up.");
        }
        return share < LITTLE
                ? Finding.warn(check, text, "Make room, or move the folder to a larger disk.")
                : Finding.ok(check, text);
    }
}
