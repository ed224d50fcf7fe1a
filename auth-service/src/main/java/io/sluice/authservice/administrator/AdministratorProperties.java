package io.sluice.authservice.administrator;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The administrator that the first start makes; later starts change nothing.
 *
 * @param email who it is, default {@code admin@sluice.local}
 * @param password 8 to 256 characters; empty to have one generated
 * @param passwordFile where a generated password is written, readable by its owner only; needed when there is no
 *     {@code password}
 */
@ConfigurationProperties("auth-service.administrator")
record AdministratorProperties(
        @DefaultValue("admin@sluice.local") String email,
        @Nullable String password,
        @Nullable Path passwordFile) {

    AdministratorProperties {
        password = password == null || password.isEmpty() ? null : password;
    }

    @Override
    public String toString() {
        return "AdministratorProperties[" + email + ", " + passwordFile + "]";
    }
}
