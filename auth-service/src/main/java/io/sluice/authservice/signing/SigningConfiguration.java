package io.sluice.authservice.signing;

import io.sluice.authservice.secret.SecretFile;
import io.sluice.kit.token.KeyPairs;
import io.sluice.kit.token.KeySeal;
import io.sluice.kit.token.SigningKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

/** Takes the keys of the kit that are kept encrypted, when there is something to encrypt them with. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SigningProperties.class)
class SigningConfiguration {

    private static final String SECRET = "auth-service.signing-keys.secret";
    private static final String WHAT_IT_MUST_BE = "It must be %d bytes in base64.".formatted(KeySeal.SECRET_BYTES);

    @Bean
    KeyPairs keyPairs() {
        return KeyPairs.rsa();
    }

    @Bean
    SigningKeys signingKeys(
            @Value("${spring.application.name}") String self,
            ReactiveMongoTemplate mongo,
            Clock clock,
            KeyPairs pairs,
            SigningProperties settings) {
        return seal(settings)
                .map(seal -> new SigningKeys(self, mongo, clock, pairs, seal, settings.rotation()))
                .orElseGet(() -> new SigningKeys(self, mongo, clock, pairs));
    }

    private static Optional<KeySeal> seal(SigningProperties settings) {
        if (settings.secret() != null) {
            return Optional.of(seal(settings.secret(), SECRET));
        }
        if (settings.secretFile() == null) {
            return Optional.empty();
        }
        try {
            SecretFile file = new SecretFile(settings.secretFile());
            return Optional.of(seal(file.readOrMake(random()).line(), SECRET + "-file"));
        } catch (IOException unusable) {
            throw new UncheckedIOException("The secret of the signing keys cannot be read or written", unusable);
        }
    }

    private static KeySeal seal(String secret, String property) {
        byte @Nullable [] bytes = decoded(secret);
        if (bytes == null || bytes.length != KeySeal.SECRET_BYTES) {
            throw new InvalidConfigurationPropertyValueException(property, "(not shown)", WHAT_IT_MUST_BE);
        }
        return new KeySeal(bytes);
    }

    private static byte @Nullable [] decoded(String secret) {
        try {
            return Base64.getDecoder().decode(secret);
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    private static String random() {
        byte[] bytes = new byte[KeySeal.SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
