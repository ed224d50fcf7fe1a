package io.sluice.modelservice.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuardedAddressesTests {

    private final GuardedAddresses publicOnly = new GuardedAddresses(false);
    private final GuardedAddresses privateToo = new GuardedAddresses(true);

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:4700::1", "::ffff:8.8.8.8"})
    void takesAddressesOfTheInternet(String address) throws UnknownHostException {
        assertThat(publicOnly.isAllowed(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.8.8",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.0.1",
                "100.64.0.1",
                "198.18.0.1",
                "0.1.2.3",
                "::1",
                "fd00::1",
                "::ffff:10.0.0.1",
                "::10.0.0.1",
                "64:ff9b::a00:1",
                "2002:a00:1::1",
                "2001::1"
            })
    void takesThoseOfPrivateNetworksOnlyWhereTheSettingsSaySo(String address) throws UnknownHostException {
        assertThat(publicOnly.isAllowed(InetAddress.getByName(address))).isFalse();
        assertThat(privateToo.isAllowed(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "fe80::1", "ff02::1", "::"})
    void neverTakesThoseThatNoServerHas(String address) throws UnknownHostException {
        assertThat(publicOnly.isAllowed(InetAddress.getByName(address))).isFalse();
        assertThat(privateToo.isAllowed(InetAddress.getByName(address))).isFalse();
    }
}
