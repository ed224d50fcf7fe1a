package io.sluice.launcher.database;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The log of a {@code mongod}. At a start it is put aside once it has 16 MiB; one older file is kept.
 *
 * @param file the log
 * @param start its length when the process was started
 */
record MongodLog(Path file, long start) {

    private static final long LARGEST = 16 * 1024 * 1024;
    private static final int TAIL = 64 * 1024;
    private static final int LINES = 3;
    private static final int LONGEST_LINE = 400;

    /** The log's lines are JSON; these are of severity error or fatal. */
    private static final Pattern SEVERE = Pattern.compile("\"s\":\"[EF]\"");

    static MongodLog in(Path logs) throws IOException {
        Files.createDirectories(logs);
        Path file = logs.resolve("mongod.log");
        long length = Files.exists(file) ? Files.size(file) : 0;
        if (length > LARGEST) {
            Files.move(file, logs.resolve("mongod.log.1"), StandardCopyOption.REPLACE_EXISTING);
            length = 0;
        }
        return new MongodLog(file, length);
    }

    /** The last errors of this run, or else its last lines. */
    String lastWords() {
        try {
            List<String> lines = tail().lines().filter(line -> !line.isBlank()).toList();
            List<String> severe = lines.stream().filter(SEVERE.asPredicate()).toList();
            List<String> words = severe.isEmpty() ? lines : severe;
            return String.join(
                    System.lineSeparator(),
                    words.subList(Math.max(0, words.size() - LINES), words.size()).stream()
                            .map(line -> "  " + line.substring(0, Math.min(line.length(), LONGEST_LINE)))
                            .toList());
        } catch (IOException e) {
            return "";
        }
    }

    private String tail() throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer tail = ByteBuffer.allocate(TAIL);
            channel.read(tail, Math.max(start, channel.size() - TAIL));
            return new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8);
        }
    }
}
