package io.sluice.modelservice.remote;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.scheduler.Schedulers;

/**
 * Finds the addresses of a name and leaves out those that nobody may connect to. It is asked for each connection, so a name
 * that comes to stand for another address later is no way around it.
 */
final class GuardedAddresses extends AddressResolverGroup<InetSocketAddress> {

    private final boolean isPrivateNetwork;

    /** @param isPrivateNetwork whether addresses of this machine and of private networks are allowed */
    GuardedAddresses(boolean isPrivateNetwork) {
        this.isPrivateNetwork = isPrivateNetwork;
    }

    /** There is no address that may be connected to. */
    static final class AddressRefused extends IOException {
        private static final long serialVersionUID = 1L;

        AddressRefused() {
            super("All of its addresses are private or link-local, which the settings do not allow");
        }
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new AbstractAddressResolver<>(executor, InetSocketAddress.class) {

            /** Never: an address that is written in the URL has to be looked at, too. */
            @Override
            protected boolean doIsResolved(InetSocketAddress address) {
                return false;
            }

            @Override
            protected void doResolve(InetSocketAddress address, Promise<InetSocketAddress> promise) {
                Promise<List<InetSocketAddress>> all = executor().newPromise();
                all.addListener(found -> {
                    if (found.isSuccess()) {
                        promise.trySuccess(all.getNow().get(0));
                    } else {
                        promise.tryFailure(found.cause());
                    }
                });
                doResolveAll(address, all);
            }

            @Override
            protected void doResolveAll(InetSocketAddress address, Promise<List<InetSocketAddress>> promise) {
                try {
                    // The resolver of the system blocks.
                    Schedulers.boundedElastic().schedule(() -> {
                        try {
                            promise.trySuccess(allowed(address));
                        } catch (IOException none) {
                            promise.tryFailure(none);
                        }
                    });
                } catch (RejectedExecutionException full) {
                    promise.tryFailure(full);
                }
            }
        };
    }

    private List<InetSocketAddress> allowed(InetSocketAddress wanted) throws AddressRefused, UnknownHostException {
        InetAddress[] found = wanted.isUnresolved()
                ? InetAddress.getAllByName(wanted.getHostString())
                : new InetAddress[] {wanted.getAddress()};
        List<InetSocketAddress> allowed = new ArrayList<>();
        for (InetAddress address : found) {
            if (isAllowed(address)) {
                allowed.add(new InetSocketAddress(address, wanted.getPort()));
            }
        }
        if (allowed.isEmpty()) {
            throw new AddressRefused();
        }
        return allowed;
    }

    boolean isAllowed(InetAddress address) {
        // Link-local is where clouds tell a machine its own credentials.
        if (address.isAnyLocalAddress() || address.isMulticastAddress() || address.isLinkLocalAddress()) {
            return false;
        }
        return isPrivateNetwork ? !isBroadcast(address) : isPublic(address);
    }

    private static boolean isBroadcast(InetAddress address) {
        return address instanceof Inet4Address && (address.getAddress()[0] & 0xff) >= 240;
    }

    /** Whether it is one of the addresses of the Internet (the registries of IANA for IPv4 and IPv6). */
    private static boolean isPublic(InetAddress address) {
        if (address.isLoopbackAddress() || address.isSiteLocalAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        if (address instanceof Inet4Address) {
            boolean isShared = first == 100 && second >= 64 && second < 128;
            boolean isForTests = first == 198 && (second == 18 || second == 19);
            boolean isForProtocols = first == 192 && second == 0 && bytes[2] == 0;
            return first != 0 && first < 240 && !isShared && !isForTests && !isForProtocols;
        }
        // Of IPv6 the global ones, without those that have one of IPv4 inside.
        boolean isTeredo = Arrays.equals(Arrays.copyOf(bytes, 4), new byte[] {0x20, 0x01, 0, 0});
        boolean isSixToFour = first == 0x20 && second == 0x02;
        return (first & 0xe0) == 0x20 && !isTeredo && !isSixToFour;
    }
}
