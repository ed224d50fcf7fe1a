package io.sluice.authservice.administrator;

import io.sluice.authservice.password.PasswordHashing;
import io.sluice.authservice.secret.SecretFile;
import io.sluice.authservice.user.User;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The password that the first administrator starts with: the one in the settings, else the one in the password file,
 * which is made when it is not there.
 */
@Component
@EnableConfigurationProperties(AdministratorProperties.class)
class FirstPassword {

    private final PasswordHashing passwords;
    private final @Nullable String given;
    private final @Nullable PasswordFile file;
    private volatile boolean fileIsMadeHere;

    FirstPassword(AdministratorProperties settings, PasswordHashing passwords) {
        this.passwords = passwords;
        this.given = settings.password();
        this.file = settings.passwordFile() == null ? null : new PasswordFile(settings.passwordFile());
        if (given == null && file == null) {
            throw new UnusableAdministratorException(
                    "There is no password for the administrator and no file to write a generated one to.",
                    "Set auth-service.administrator.password-file, or auth-service.administrator.password.");
        }
        if (given != null && !PasswordHashing.isAcceptable(given)) {
            throw new UnusableAdministratorException(
                    "The administrator's password must have %d to %d characters."
                            .formatted(PasswordHashing.SHORTEST, PasswordHashing.LONGEST),
                    "Change auth-service.administrator.password.");
        }
    }

    /** The password, safe in its file when it is a generated one. */
    Mono<String> choose() {
        PasswordFile target = file;
        if (given != null || target == null) {
            return Mono.justOrEmpty(given);
        }
        return onDisk(() -> target.readOrMake(GeneratedPassword.next()))
                .doOnNext(content -> fileIsMadeHere |= content.isMadeHere())
                .map(SecretFile.Content::line);
    }

    /**
     * Takes back the file of a replica that made one while another replica made the administrator. Replicas that share
     * the file have the same password in it, and it stays.
     */
    Mono<Void> settle(User administrator) {
        PasswordFile target = file;
        if (target == null || !fileIsMadeHere) {
            return Mono.empty();
        }
        return onDisk(target::read)
                .flatMap(Mono::justOrEmpty)
                .flatMap(password -> passwords.matches(password, administrator.passwordHash()))
                .filter(isRight -> !isRight)
                .flatMap(wrong -> onDisk(() -> {
                    target.remove();
                    return wrong;
                }))
                .then();
    }

    private static <T> Mono<T> onDisk(Callable<T> work) {
        return Mono.fromCallable(work).subscribeOn(Schedulers.boundedElastic());
    }

    /** Where it is, for people; never what it is. */
    @Override
    public String toString() {
        return given != null || file == null ? "as in the settings" : "in " + file;
    }
}
