package io.sluice.kit.edge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** Sends bytes that no decent client would, and returns what comes back until the server closes or is silent. */
final class RawHttp {

    private static final int SILENCE_MILLIS = 10_000;

    private RawHttp() {}

    /** What is sent after the head of a request. */
    @FunctionalInterface
    interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    /** @param head the lines of the head; the empty line is added */
    static String exchange(int port, String head, Body body) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(SILENCE_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write((head.strip().replace("\n", "\r\n") + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            try {
                body.writeTo(out);
                out.flush();
            } catch (SocketException refused) {
                // The server has answered before it had read everything; the answer is what counts.
            }
            return answer(socket.getInputStream());
        }
    }

    private static String answer(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                bytes.write(next);
                if (next == '}') {
                    break;
                }
            }
        } catch (SocketException reset) {
            // Closed by the server with our bytes unread.
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
