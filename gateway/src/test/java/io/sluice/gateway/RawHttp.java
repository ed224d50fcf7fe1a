package io.sluice.gateway;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** An HTTP client that says exactly what it is told, and shows exactly what it gets. */
public final class RawHttp implements Closeable {

    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket = new Socket();

    private RawHttp(int port) throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLIS);
    }

    public static RawHttp to(int port) throws IOException {
        return new RawHttp(port);
    }

    /**
     * What came back.
     *
     * @param head the status line and the headers
     * @param body as it was on the wire, chunks and all
     */
    public record Answer(List<String> head, String body) {

        public int status() {
            return Integer.parseInt(head.get(0).split(" ")[1]);
        }

        /** All values of a header. */
        public List<String> header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return head.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .toList();
        }
    }

    public void write(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    public void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Sends a whole request and reads until the server closes. */
    public Answer send(String request) throws IOException {
        write(request);
        return readToEnd();
    }

    /** The status line and the headers; the body stays to be read. */
    public Answer readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = input().read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return new Answer(Arrays.asList(head.toString().split("\r\n")), "");
    }

    public Answer readToEnd() throws IOException {
        String all = new String(input().readAllBytes(), StandardCharsets.UTF_8);
        close();
        int end = all.indexOf("\r\n\r\n");
        return end < 0
                ? new Answer(List.of("HTTP/1.1 000 nothing came back: " + all), "")
                : new Answer(Arrays.asList(all.substring(0, end).split("\r\n")), all.substring(end + 4));
    }

    /** Whether closing tells the server nothing but that the connection is broken. */
    public void resetOnClose(boolean reset) throws IOException {
        socket.setSoLinger(reset, 0);
    }

    /** One byte, or -1 when the server has closed. */
    public int read() throws IOException {
        return input().read();
    }

    public InputStream input() throws IOException {
        return socket.getInputStream();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
