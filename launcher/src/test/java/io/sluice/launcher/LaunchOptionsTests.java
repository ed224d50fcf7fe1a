package io.sluice.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.launcher.console.StartFailure;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchOptionsTests {

    private static final Path FOLDER = Path.of("/home/ada");

    @Test
    void hasDefaultsForEverything() {
        LaunchOptions options = parse(List.of(), Map.of());

        assertThat(options.host()).isEqualTo("127.0.0.1");
        assertThat(options.port()).isEqualTo(8080);
        assertThat(options.data()).isEqualTo(Path.of("/home/ada/data"));
        assertThat(options.mongod()).isEmpty();
        assertThat(options.embedded()).isFalse();
        assertThat(options.convert()).isFalse();
        assertThat(options.mongodbUri()).isEmpty();
        assertThat(options.blobs()).isEqualTo(URI.create("file:///home/ada/data/blobs"));
        assertThat(options.publicUrl()).isEmpty();
        assertThat(options.adminEmail()).isEqualTo("admin@sluice.local");
        assertThat(options.adminPassword()).isEmpty();
        assertThat(options.passwordFile()).isEqualTo(Path.of("/home/ada/data/admin-password"));
        assertThat(options.signingSecretFile()).isEqualTo(Path.of("/home/ada/data/signing-secret"));
    }

    @Test
    void readsEveryVariable() {
        LaunchOptions options = parse(
                List.of(),
                Map.of(
                        "SLUICE_PORT", "9000",
                        "SLUICE_DATA", "/srv/sluice",
                        "SLUICE_ADMIN_EMAIL", "ada@example.com",
                        "SLUICE_ADMIN_PASSWORD", "correct horse",
                        "SLUICE_MONGODB_URI", "mongodb://db:27017",
                        "SLUICE_BLOBS", "file:///srv/blobs",
                        "SLUICE_PUBLIC_URL", "https://sluice.example.com"));

        assertThat(options.port()).isEqualTo(9000);
        assertThat(options.data()).isEqualTo(Path.of("/srv/sluice"));
        assertThat(options.adminEmail()).isEqualTo("ada@example.com");
        assertThat(options.adminPassword()).contains("correct horse");
        assertThat(options.mongodbUri()).contains("mongodb://db:27017");
        assertThat(options.blobs()).isEqualTo(URI.create("file:///srv/blobs"));
        assertThat(options.publicUrl()).contains(URI.create("https://sluice.example.com"));
    }

    @Test
    void readsEveryOption() {
        LaunchOptions options = parse(
                List.of(
                        "--port",
                        "9000",
                        "--host=0.0.0.0",
                        "--data",
                        "elsewhere",
                        "--mongod",
                        "bin/mongod",
                        "--convert"),
                Map.of());

        assertThat(options.port()).isEqualTo(9000);
        assertThat(options.host()).isEqualTo("0.0.0.0");
        assertThat(options.data()).isEqualTo(Path.of("/home/ada/elsewhere"));
        assertThat(options.mongod()).contains(Path.of("/home/ada/bin/mongod"));
        assertThat(options.convert()).isTrue();
        assertThat(parse(List.of("--embedded"), Map.of()).embedded()).isTrue();
    }

    @Test
    void prefersOptionsToVariables() {
        LaunchOptions options =
                parse(List.of("--port", "9000", "--data", "/a"), Map.of("SLUICE_PORT", "9001", "SLUICE_DATA", "/b"));

        assertThat(options.port()).isEqualTo(9000);
        assertThat(options.data()).isEqualTo(Path.of("/a"));
    }

    @Test
    void takesAnEmptyVariableForOneThatIsNotSet() {
        assertThat(parse(List.of(), Map.of("SLUICE_PORT", "", "SLUICE_MONGODB_URI", " ")))
                .isEqualTo(parse(List.of(), Map.of()));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1,http://127.0.0.1:8080", "0.0.0.0,http://127.0.0.1:8080", "::1,http://[::1]:8080"})
    void knowsAnAddressToReachTheGateAt(String host, URI gate) {
        assertThat(parse(List.of("--host", host), Map.of()).gate()).isEqualTo(gate);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "-1", "http", "80 80", "999999999999"})
    void refusesAPortThatIsNone(String port) {
        assertRefused(List.of("--port", port), Map.of(), "--port must be a number from 1 to 65535, not " + port + ".");
        assertRefused(List.of(), Map.of("SLUICE_PORT", port), "SLUICE_PORT must be a number");
    }

    @Test
    void refusesAnOptionItDoesNotKnow() {
        assertRefused(List.of("--prot", "9000"), Map.of(), "Unknown option --prot; see ./sluice help.");
        assertRefused(List.of("9000"), Map.of(), "Unknown option 9000;");
        assertRefused(List.of("--embedded=yes"), Map.of(), "Unknown option --embedded=yes;");
    }

    @Test
    void refusesAnOptionWithoutItsValue() {
        assertRefused(List.of("--port"), Map.of(), "--port needs a value; see ./sluice help.");
        assertRefused(List.of("--data="), Map.of(), "--data needs a value");
    }

    @Test
    void refusesAnOptionThatIsGivenTwice() {
        assertRefused(List.of("--port", "1", "--port", "2"), Map.of(), "--port is given twice.");
    }

    @Test
    void refusesTwoDatabasesAtOnce() {
        assertRefused(List.of("--embedded", "--mongod", "m"), Map.of(), "--embedded goes neither with");
    }

    @Test
    void keepsBytesInAFolderOrInABucket() {
        assertThat(parse(List.of(), Map.of("SLUICE_BLOBS", "s3://bucket/prefix"))
                        .blobs())
                .isEqualTo(URI.create("s3://bucket/prefix"));
        assertRefused(List.of(), Map.of("SLUICE_BLOBS", "s3:bucket"), "SLUICE_BLOBS must be file: and a path");
        assertRefused(List.of(), Map.of("SLUICE_BLOBS", "/srv/blobs"), "SLUICE_BLOBS must be file: and a path");
    }

    @Test
    void refusesAPublicAddressThatIsNoWebAddress() {
        assertRefused(List.of(), Map.of("SLUICE_PUBLIC_URL", "sluice.example.com"), "must be an http or https address");
    }

    private static LaunchOptions parse(List<String> arguments, Map<String, String> environment) {
        return LaunchOptions.parse(arguments, environment, FOLDER);
    }

    private static void assertRefused(List<String> arguments, Map<String, String> environment, String line) {
        assertThatThrownBy(() -> parse(arguments, environment))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining(line);
    }
}
