package io.sluice.kit.replica;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The other services, each once, whoever asks it. */
public final class Peers implements AutoCloseable {

    private record Known(Peer peer, Replicas replicas) {}

    private final ReplicaProperties settings;
    private final Names names;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    public Peers(ReplicaProperties settings, Names names) {
        this.settings = settings;
        this.names = names;
    }

    /** The service behind an address such as {@code http://item-service:8080}; the path does not matter. */
    public Peer at(URI service) {
        String key = service.getScheme() + "://" + service.getRawAuthority();
        Known there = known.get(key);
        return (there != null ? there : known.computeIfAbsent(key, address -> meet(address, service))).peer();
    }

    private Known meet(String address, URI service) {
        Replicas replicas = Replicas.of(service, names, settings.refresh());
        return new Known(new Peer(address, replicas, settings.mostRequests()), replicas);
    }

    @Override
    public void close() {
        known.values().forEach(each -> each.replicas().dispose());
    }
}
