package io.sluice.launcher;

import io.sluice.launcher.console.StartFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ports of this machine, looked at before anything is started. */
final class Ports {

    private Ports() {}

    /** @throws StartFailure when nobody can listen there now */
    static void requireFree(String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                throw new StartFailure("--host: nobody knows an address of " + host + ".");
            }
            socket.bind(address);
        } catch (IOException e) {
            String problem = port < 1024 ? " cannot be used (" + e.getMessage() + ")" : " is taken by another program";
            throw new StartFailure("Port " + port + problem + "; choose another with --port N (or SLUICE_PORT).", e);
        }
    }

    /** A free loopback port for each name. Nobody holds them until the services do. */
    static Map<String, Integer> free(List<String> names) {
        List<ServerSocket> held = new ArrayList<>();
        Map<String, Integer> ports = new HashMap<>();
        try {
            for (String name : names) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                held.add(socket);
                ports.put(name, socket.getLocalPort());
            }
            for (ServerSocket socket : held) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new StartFailure("This machine has no free port: " + e.getMessage(), e);
        }
    }
}
