package io.sluice.kit.replica;

import java.net.InetAddress;
import java.util.List;
import reactor.core.publisher.Mono;

/** What addresses a host name stands for at the moment. */
@FunctionalInterface
public interface Names {

    /** At least one address; {@link java.net.UnknownHostException} when nobody has the name, or nobody can be asked. */
    Mono<List<InetAddress>> addressesOf(String host);
}
