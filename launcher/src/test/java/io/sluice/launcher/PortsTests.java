package io.sluice.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.launcher.console.StartFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortsTests {

    @Test
    void saysInOneLineThatAPortIsTaken() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> Ports.requireFree("127.0.0.1", other.getLocalPort()))
                    .isInstanceOf(StartFailure.class)
                    .hasMessage(
                            "Port %d is taken by another program; choose another with --port N (or SLUICE_PORT).",
                            other.getLocalPort());
        }
    }

    @Test
    void findsADifferentFreePortForEveryName() {
        Map<String, Integer> ports = Ports.free(List.of("a", "b", "c"));

        assertThat(ports).containsOnlyKeys("a", "b", "c");
        assertThat(ports.values())
                .doesNotHaveDuplicates()
                .allSatisfy(port -> assertThatCode(() -> Ports.requireFree("127.0.0.1", port))
                        .doesNotThrowAnyException());
    }

    @Test
    void refusesAHostThatHasNoAddress() {
        assertThatThrownBy(() -> Ports.requireFree("nowhere.invalid", 8080)).hasMessageContaining("nowhere.invalid");
    }
}
