package io.sluice.authservice.administrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.authservice.secret.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordFileTests {

    @TempDir
    Path folder;

    @Test
    void isForItsOwnerOnly() throws IOException {
        Path path = folder.resolve("admin-password");

        new PasswordFile(path).readOrMake("generated-password");

        assertThat(path).hasContent("generated-password\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void leavesNothingElseInItsFolder() throws IOException {
        Path path = folder.resolve("secrets").resolve("admin-password");

        new PasswordFile(path).readOrMake("generated-password");

        try (Stream<Path> files = Files.list(path.getParent())) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void keepsThePasswordThatIsThere() throws IOException {
        Path path = folder.resolve("admin-password");
        new PasswordFile(path).readOrMake("the-first-password");

        SecretFile.Content content = new PasswordFile(path).readOrMake("the-second-password");

        assertThat(content.line()).isEqualTo("the-first-password");
        assertThat(content.isMadeHere()).isFalse();
        assertThat(path).hasContent("the-first-password\n");
    }

    @Test
    void givesAllWhoMakeItAtOnceTheSamePassword() throws Exception {
        int makers = 16;
        PasswordFile file = new PasswordFile(folder.resolve("admin-password"));
        CyclicBarrier start = new CyclicBarrier(makers);
        ExecutorService threads = Executors.newFixedThreadPool(makers);
        try {
            List<Callable<SecretFile.Content>> attempts = IntStream.range(0, makers)
                    .<Callable<SecretFile.Content>>mapToObj(maker -> () -> {
                        start.await();
                        return file.readOrMake("generated-password-" + maker);
                    })
                    .toList();

            List<SecretFile.Content> contents = new ArrayList<>();
            for (Future<SecretFile.Content> content : threads.invokeAll(attempts)) {
                contents.add(content.get());
            }

            String winner = file.read().orElseThrow();
            assertThat(contents).extracting(SecretFile.Content::line).containsOnly(winner);
            assertThat(contents).filteredOn(SecretFile.Content::isMadeHere).hasSize(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void refusesAFileWithoutAPassword() throws IOException {
        Path path = Files.createFile(folder.resolve("admin-password"));

        assertThatThrownBy(() -> new PasswordFile(path).readOrMake("generated-password"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("delete it");
    }
}
