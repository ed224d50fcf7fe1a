package io.sluice.authservice.signing;

import io.sluice.authservice.secret.SecretFile;
import io.sluice.kit.doctor.Diagnosis;
import io.sluice.kit.doctor.Finding;
import io.sluice.kit.token.SigningKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Whether there are keys to sign with, and what they are encrypted with. Makes neither. */
@Component
@Lazy
final class SigningDiagnosis implements Diagnosis {

    private static final String CHECK = "signing keys";

    private final SigningProperties settings;
    private final ObjectProvider<SigningKeys> keys;

    SigningDiagnosis(SigningProperties settings, ObjectProvider<SigningKeys> keys) {
        this.settings = settings;
        this.keys = keys;
    }

    @Override
    public Flux<Finding> look() {
        return Mono.fromCallable(this::secret)
                .subscribeOn(Schedulers.boundedElastic())
                .flatMapMany(
                        found -> found.advice() == null ? Flux.concat(Flux.just(found), published()) : Flux.just(found))
                .onErrorResume(
                        failure -> Flux.just(
                                Finding.fail(
                                        CHECK,
                                        failure.toString(),
                                        "See that the file can be read by the user of the auth-service, and that its database answers.")));
    }

    private Finding secret() throws IOException {
        if (settings.secret() != null) {
            return Finding.ok(CHECK, "the secret that they are encrypted with is a setting");
        }
        Path file = settings.secretFile();
        if (file == null) {
            return Finding.warn(
                    CHECK,
                    "there is no secret, so they are in memory only: a restart makes new ones",
                    "Set auth-service.signing-keys.secret-file to a file that stays.");
        }
        if (new SecretFile(file).read().isEmpty()) {
            return Finding.warn(
                    CHECK,
                    file + " is not there",
                    "The first start makes it. After that, put back the one that was there.");
        }
        boolean isOpen = PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                .substring(3)
                .chars()
                .anyMatch(right -> right != '-');
        return isOpen
                ? Finding.fail(CHECK, file + " can be read by others", "chmod 600 " + file + ", then rotate the keys.")
                : Finding.ok(CHECK, "the secret that they are encrypted with is in " + file);
    }

    private Mono<Finding> published() {
        return keys.getObject()
                .publicKeys()
                .map(set -> set.get("keys") instanceof List<?> all ? all.size() : 0)
                .map(count -> count > 0
                        ? Finding.ok(CHECK, count + " published")
                        : Finding.warn(CHECK, "none yet", "The first sign-in makes one."));
    }
}
