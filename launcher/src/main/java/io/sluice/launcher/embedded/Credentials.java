package io.sluice.launcher.embedded;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Who may use the embedded database: known to this JVM only and new at every start. */
record Credentials(String user, String password) {

    static Credentials random() {
        byte[] secret = new byte[24];
        new SecureRandom().nextBytes(secret);
        return new Credentials("sluice", HexFormat.of().formatHex(secret));
    }

    /** Whether a message of SASL PLAIN (RFC 4616) shows them; a driver may name the user as the one to act for, too. */
    boolean areIn(byte[] message) {
        return MessageDigest.isEqual(message, plain(user)) || MessageDigest.isEqual(message, plain(""));
    }

    private byte[] plain(String authorizationIdentity) {
        return (authorizationIdentity + "\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8);
    }

    /** The address of a server on this machine's loopback that takes these credentials. */
    String uri(int port) {
        return "mongodb://%s:%s@127.0.0.1:%d/?authMechanism=PLAIN&authSource=$external".formatted(user, password, port);
    }
}
