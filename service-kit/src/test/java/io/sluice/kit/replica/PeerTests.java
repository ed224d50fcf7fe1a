package io.sluice.kit.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.kit.client.ServiceAddresses;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.testing.MovableNames;
import io.sluice.kit.testing.ReplicaServers;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** By the clients that services have for each other, against servers on several addresses of this machine. */
class PeerTests {

    private static final LoopResources LOOPS = LoopResources.create("replicas", 2, true);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ONE = "127.0.0.2";
    private static final String TWO = "127.0.0.3";
    private static final String THREE = "127.0.0.4";

    private final MovableNames names = new MovableNames();
    private ReplicaServers servers;

    @BeforeEach
    void start() {
        servers = ReplicaServers.at(ONE, TWO, THREE);
        names.move("items", ONE, TWO, THREE);
    }

    @AfterEach
    void stop() {
        servers.close();
    }

    private WebClient items() {
        return items(names.peers(), servers.named("items"));
    }

    private static WebClient items(Peers peers, URI address) {
        ServiceAddresses addresses = new ServiceAddresses(Map.of("item-service", address.toString()));
        return new ServiceClients(addresses, peers, LOOPS).anonymous("item-service", "/things");
    }

    private static Mono<String> send(WebClient client, HttpMethod method) {
        return client.method(method).retrieve().bodyToMono(String.class);
    }

    private static void send(WebClient client, HttpMethod method, int times) {
        for (int time = 0; time < times; time++) {
            assertThat(send(client, method).block(PATIENCE)).isEqualTo("done");
        }
    }

    /** Sends until something holds. */
    private static void sendUntil(WebClient client, BooleanSupplier holds) {
        send(client, HttpMethod.GET)
                .onErrorComplete()
                .then(Mono.delay(Duration.ofMillis(20)))
                .repeat(() -> !holds.getAsBoolean())
                .then()
                .block(PATIENCE);
    }

    @Test
    void spreadsRequestsEvenlyOverAllReplicas() {
        WebClient items = items();

        send(items, HttpMethod.GET, 30);

        assertThat(servers.seen(ONE)).isEqualTo(10);
        assertThat(servers.seen(TWO)).isEqualTo(10);
        assertThat(servers.seen(THREE)).isEqualTo(10);
    }

    @Test
    void tellsAReplicaTheNameThatTheServiceHas() {
        names.move("items", ONE);
        servers.on(
                ONE,
                (request, response) ->
                        response.sendString(Mono.just(request.requestHeaders().get(HttpHeaders.HOST))));

        assertThat(send(items(), HttpMethod.GET).block(PATIENCE)).isEqualTo("items:" + servers.port());
    }

    @Test
    void usesANewReplicaSoonAndForgetsOneThatIsGone() {
        names.move("items", ONE, TWO);
        WebClient items = items();
        send(items, HttpMethod.GET, 4);
        assertThat(servers.seen(THREE)).isZero();

        names.move("items", TWO, THREE);
        sendUntil(items, () -> servers.seen(THREE) > 0);

        int before = servers.seen(ONE);
        send(items, HttpMethod.GET, 10);
        assertThat(servers.seen(ONE)).isEqualTo(before);
    }

    @Test
    void goesOnWithTheAddressesItKnowsWhenTheNameCannotBeLookedUp() {
        WebClient items = items();
        send(items, HttpMethod.GET, 3);

        names.move("items");
        Mono.delay(Duration.ofMillis(300)).block(PATIENCE);

        send(items, HttpMethod.GET, 3);
    }

    @Test
    void aDeadReplicaCostsNoRequestWhateverItsMethod() {
        WebClient items = items();
        servers.stop(TWO);

        send(items, HttpMethod.POST, 10);
        send(items, HttpMethod.GET, 10);

        assertThat(servers.seen(TWO)).isZero();
        assertThat(servers.seen(ONE) + servers.seen(THREE)).isEqualTo(20);
    }

    @Test
    void aReplicaThatIsWellAgainIsUsedAgain() {
        WebClient items = items();
        servers.stop(TWO);
        send(items, HttpMethod.GET, 6);

        servers.start(TWO);

        sendUntil(items, () -> servers.seen(TWO) > 1);
    }

    @Test
    void whatMayBeDoneTwiceIsSentToAnotherReplicaWhenItsConnectionBreaks() {
        servers.on(ONE, ReplicaServers::hangUp);
        WebClient items = items();

        send(items, HttpMethod.GET, 5);
        send(items, HttpMethod.DELETE, 5);
    }

    @Test
    void whatMustNotBeDoneTwiceIsSentOnce() {
        for (String address : new String[] {ONE, TWO, THREE}) {
            servers.on(address, ReplicaServers::hangUp);
        }

        assertThatThrownBy(() -> send(items(), HttpMethod.POST).block(PATIENCE))
                .isInstanceOf(WebClientRequestException.class);

        assertThat(servers.seen(ONE) + servers.seen(TWO) + servers.seen(THREE)).isEqualTo(1);
    }

    @Test
    void triesThreeReplicasAtMost() {
        servers.start("127.0.0.5");
        names.move("items", ONE, TWO, THREE, "127.0.0.5");
        for (String address : new String[] {ONE, TWO, THREE, "127.0.0.5"}) {
            servers.on(address, ReplicaServers::hangUp);
        }

        assertThatThrownBy(() -> send(items(), HttpMethod.GET).block(PATIENCE)).hasCauseInstanceOf(IOException.class);

        assertThat(servers.seen(ONE) + servers.seen(TWO) + servers.seen(THREE) + servers.seen("127.0.0.5"))
                .isEqualTo(3);
    }

    @Test
    void leavesAReplicaAloneThatSaysItIsGoing() {
        servers.on(
                TWO,
                (request, response) ->
                        response.header(HttpHeaders.CONNECTION, "close").sendString(Mono.just("done")));
        WebClient items = items();

        send(items, HttpMethod.GET, 30);

        assertThat(servers.seen(TWO)).isEqualTo(1);
    }

    @Test
    void aReplicaThatHangsGetsNoMoreThanItHolds() {
        servers.on(TWO, (request, response) -> Mono.never());
        WebClient items = items();
        send(items, HttpMethod.GET)
                .timeout(Duration.ofSeconds(9))
                .onErrorComplete()
                .subscribe();
        send(items, HttpMethod.GET)
                .timeout(Duration.ofSeconds(9))
                .onErrorComplete()
                .subscribe();
        send(items, HttpMethod.GET)
                .timeout(Duration.ofSeconds(9))
                .onErrorComplete()
                .subscribe();
        Mono.delay(Duration.ofMillis(20))
                .repeat(() -> servers.seen(TWO) == 0)
                .then()
                .block(PATIENCE);

        send(items, HttpMethod.GET, 20);

        assertThat(servers.seen(TWO)).isEqualTo(1);
    }

    @Test
    void asksNobodyForAMomentWhenMostRequestsFailAndThenAgain() {
        for (String address : new String[] {ONE, TWO, THREE}) {
            servers.on(address, ReplicaServers::hangUp);
        }
        WebClient items = items();
        Flux.range(0, 30)
                .concatMap(time -> send(items, HttpMethod.POST).onErrorComplete())
                .blockLast(PATIENCE);
        int before = servers.seen(ONE) + servers.seen(TWO) + servers.seen(THREE);

        assertThatThrownBy(() -> send(items, HttpMethod.POST).block(PATIENCE))
                .hasRootCauseInstanceOf(Peer.NotAskedException.class);
        assertThat(servers.seen(ONE) + servers.seen(TWO) + servers.seen(THREE)).isEqualTo(before);

        servers.on(ONE, (request, response) -> response.sendString(Mono.just("done")));
        servers.on(TWO, (request, response) -> response.sendString(Mono.just("done")));
        servers.on(THREE, (request, response) -> response.sendString(Mono.just("done")));
        sendUntil(items, () -> servers.seen(ONE) + servers.seen(TWO) + servers.seen(THREE) > before + 10);
        send(items, HttpMethod.POST, 10);
    }

    @Test
    void refusesAtOnceWhatIsMoreThanItMayHoldOpen() {
        for (String address : new String[] {ONE, TWO, THREE}) {
            servers.on(address, (request, response) -> Mono.never());
        }
        WebClient items = items(names.peers(4), servers.named("items"));

        Long refused = Flux.range(0, 10)
                .flatMap(time -> send(items, HttpMethod.GET)
                        .thenReturn(false)
                        .timeout(Duration.ofSeconds(2))
                        .onErrorResume(failure -> Mono.just(failure.getCause() instanceof Peer.NotAskedException)))
                .filter(isRefused -> isRefused)
                .count()
                .block(PATIENCE);

        assertThat(refused).isEqualTo(6);
    }

    @Test
    void aNumberIsOneReplicaThatNobodyLooksUp() {
        WebClient items = items(
                new Peers(
                        new ReplicaProperties(Duration.ofMillis(100), 10),
                        host -> Mono.error(new AssertionError(host))),
                URI.create("http://" + ONE + ":" + servers.port()));

        send(items, HttpMethod.GET, 3);

        assertThat(servers.seen(ONE)).isEqualTo(3);
    }

    @Test
    void theNamesOfThisMachineAreFoundWithoutBlocking() {
        try (DnsNames dns = new DnsNames(LOOPS)) {
            assertThat(dns.addressesOf("localhost").block(PATIENCE))
                    .allMatch(address -> address.isLoopbackAddress())
                    .isNotEmpty();
        }
    }

    @Test
    void aServiceWhoseNameNobodyKnowsIsAsGoodAsDown() {
        assertThatThrownBy(() -> send(items(names.peers(), URI.create("http://nobody:1")), HttpMethod.GET)
                        .block(PATIENCE))
                .hasCauseInstanceOf(IOException.class);
    }
}
