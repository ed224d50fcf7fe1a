package io.sluice.itemservice.media;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A running {@link PictureProcess}, for one who asks at a time. */
final class PictureWorker {

    /** No small picture has so many bytes. */
    private static final int LONGEST_ANSWER = 8 * 1024 * 1024;

    private static final Path NICE = Path.of("/usr/bin/nice");

    private final Process process;
    private final DataOutputStream questions;
    private final DataInputStream answers;
    private volatile boolean isAsked;
    private volatile long lastAnswer = System.nanoTime();

    PictureWorker(ThumbnailProperties properties) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(properties));
        // Neither the secrets of this process nor its options for Java.
        builder.environment().clear();
        this.process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        this.questions = new DataOutputStream(process.getOutputStream());
        this.answers = new DataInputStream(new BufferedInputStream(process.getInputStream()));
        offerToKernel();
    }

    private static List<String> command(ThumbnailProperties properties) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(NICE)) {
            command.addAll(List.of(NICE.toString(), "-n", "15"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + properties.memory().toMegabytes() + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(program());
        command.add(Integer.toString(properties.side()));
        command.add(Long.toString(properties.mostPixels()));
        return command;
    }

    /** In a jar of jars only Boot's launcher finds it. */
    private static List<String> program() {
        String main = PictureProcess.class.getName();
        URL here = Objects.requireNonNull(PictureProcess.class.getResource("PictureProcess.class"));
        return here.toString().startsWith("jar:nested:")
                ? List.of("-Dloader.main=" + main, "org.springframework.boot.loader.launch.PropertiesLauncher")
                : List.of(main);
    }

    /** When the memory of the machine runs out, this process is the one to go, not the service. Where there is no such file, no. */
    private void offerToKernel() {
        try {
            Files.writeString(Path.of("/proc", Long.toString(process.pid()), "oom_score_adj"), "900");
        } catch (IOException notLinux) {
            // Then the kernel chooses as it likes.
        }
    }

    /**
     * Waits for the answer; who does not want to wait any more ends the process.
     *
     * @throws IOException when the process ended instead
     */
    byte[] jpegOf(Path file) throws IOException, NoSmallPicture {
        isAsked = true;
        questions.writeUTF(file.toString());
        questions.flush();
        boolean isMade = answers.readBoolean();
        int length = answers.readInt();
        if (length < 0 || length > LONGEST_ANSWER) {
            throw new IOException("The process that makes small pictures answers nonsense");
        }
        byte[] answer = answers.readNBytes(length);
        lastAnswer = System.nanoTime();
        isAsked = false;
        if (!isMade) {
            throw new NoSmallPicture(new String(answer, StandardCharsets.UTF_8));
        }
        return answer;
    }

    /** Whether it has answered whatever it was asked. */
    boolean isReady() {
        return !isAsked && process.isAlive();
    }

    boolean isIdleFor(long nanos) {
        return System.nanoTime() - lastAnswer > nanos;
    }

    void end() {
        process.destroyForcibly();
    }
}
