package io.sluice.authservice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientTests {

    private final Client client = new Client(
            "app",
            "An app",
            List.of(
                    "https://app.example.org/callback",
                    "org.example.app:/callback",
                    "http://127.0.0.1/callback",
                    "http://[::1]/callback",
                    "http://localhost:3000/fixed"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://app.example.org/callback",
                "org.example.app:/callback",
                "http://127.0.0.1/callback",
                "http://127.0.0.1:51234/callback",
                "http://[::1]:51234/callback",
                "http://localhost:3000/fixed"
            })
    void sendsPeopleToWhatIsRegistered(String address) {
        assertThat(client.mayRedirectTo(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://app.example.org/callback/",
                "https://app.example.org/callback?next=https://evil.example",
                "https://app.example.org/callback#x",
                "https://app.example.org:443/callback",
                "https://APP.example.org/callback",
                "https://app.example.org.evil.example/callback",
                "https://app.example.org@evil.example/callback",
                "https://app.example.org/../callback",
                "http://app.example.org/callback",
                "//app.example.org/callback",
                "http://127.0.0.1:51234/other",
                "http://127.0.0.1:51234/callback?x=1",
                "http://127.0.0.1:51234/callback/../other",
                "http://127.0.0.1@evil.example/callback",
                "http://127.0.0.1.evil.example/callback",
                "http://127.0.0.1:80@evil.example/callback",
                "https://127.0.0.1/callback",
                "http://localhost:3001/fixed",
                "http://localhost/callback",
                "javascript:alert(1)",
                "data:text/html,x"
            })
    void sendsThemNowhereElse(String address) {
        assertThat(client.mayRedirectTo(address)).isFalse();
    }

    @Test
    void isKnownByItsId() {
        Clients clients = new Clients(List.of(client), List.of());

        assertThat(clients.find("app")).contains(client);
        assertThat(clients.find("App")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:3001",
                "http://localhost",
                "http://127.0.0.1:3001/",
                "http://[::1]:3001/a?b=c",
                "https://console.example.org/signed-in"
            })
    void letsTokensGoToThisComputerAndToRegisteredCallbacks(String address) {
        assertThat(new Clients(List.of(), List.of("https://console.example.org/signed-in")).mayCallBack(address))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "//localhost",
                "https://evil.example",
                "http://localhost.evil.example:3001",
                "http://localhost@evil.example",
                "http://localhost:3001@evil.example/",
                "http://user:secret@localhost:3001",
                "http://evil.example/?http://localhost",
                "http://evil.example#http://localhost",
                "http://localhost:3001\\@evil.example",
                "http://localhost:3001#fragment",
                "http://localhost\t.evil.example",
                "http://localhost%2eevil.example",
                "http://127.1:3001",
                "http://2130706433:3001",
                "http://0.0.0.0:3001",
                "http://[::ffff:127.0.0.1]:3001",
                "http://localhost:99999",
                "https://localhost:3001",
                "ftp://localhost",
                "javascript://localhost/%0aalert(1)",
                "http:localhost:3001",
                "http:///localhost",
                "HTTP://LOCALHOST.evil.example",
                "https://console.example.org/signed-in?x=1"
            })
    void letsTokensGoNowhereElse(String address) {
        assertThat(new Clients(List.of(), List.of("https://console.example.org/signed-in")).mayCallBack(address))
                .isFalse();
    }
}
