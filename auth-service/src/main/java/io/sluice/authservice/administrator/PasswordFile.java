package io.sluice.authservice.administrator;

import io.sluice.authservice.password.PasswordHashing;
import io.sluice.authservice.secret.SecretFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where a generated password lies for its owner to read. Every method waits for the disk. */
class PasswordFile {

    private final SecretFile file;

    PasswordFile(Path path) {
        this.file = new SecretFile(path);
    }

    /** The password in the file, which is made with this one when it is not there. */
    SecretFile.Content readOrMake(String password) throws IOException {
        SecretFile.Content content = file.readOrMake(password);
        acceptable(content.line());
        return content;
    }

    void remove() throws IOException {
        file.remove();
    }

    /** The password in the file; empty when there is no file. */
    Optional<String> read() throws IOException {
        Optional<String> password = file.read();
        if (password.isPresent()) {
            acceptable(password.get());
        }
        return password;
    }

    private void acceptable(String password) throws IOException {
        if (!PasswordHashing.isAcceptable(password)) {
            throw new IOException(file + " is there but holds no password; delete it");
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
