package io.sluice.itemservice.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A bare HTTP/1.1 connection that sends a chunked upload piece by piece, as aiohttp does. */
public final class Connection implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 60_000;

    private final Socket socket;
    private final OutputStream out;

    public Connection(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        out = socket.getOutputStream();
    }

    /** Sends a request without a body. */
    public Connection request(String method, String path, @Nullable String token) throws IOException {
        out.write((method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + authorization(token) + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        return this;
    }

    private static String authorization(@Nullable String token) {
        return token == null ? "" : "Authorization: Bearer " + token + "\r\n";
    }

    /** Sends the head of an upload. */
    public Connection begin(String datasetId, String mode, @Nullable String token) throws IOException {
        out.write(("POST /api/v1/datasets/" + datasetId + "/items?mode=" + mode + " HTTP/1.1\r\n"
                        + "Host: 127.0.0.1\r\n"
                        + authorization(token)
                        + "Content-Type: multipart/form-data; boundary=" + Form.BOUNDARY + "\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        return this;
    }

    /** Sends the head of a request whose body follows in chunks. */
    public Connection post(String path, String contentType, @Nullable String token) throws IOException {
        out.write(("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + authorization(token) + "Content-Type: "
                        + contentType + "\r\nTransfer-Encoding: chunked\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        return this;
    }

    /** What comes of the answer until a text has come. */
    public String until(String text) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        while (!read.toString(StandardCharsets.UTF_8).contains(text)) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("The connection was closed after: " + read);
            }
            read.write(next);
        }
        return read.toString(StandardCharsets.UTF_8);
    }

    /** Sends one chunk. */
    public Connection send(byte[] bytes) throws IOException {
        out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        return this;
    }

    public Connection end() throws IOException {
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        return this;
    }

    /** Goes away without a word, in the middle of whatever is being sent. */
    public void cut() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** The status and the body of the reply. */
    public Answer answer() throws IOException {
        InputStream in = socket.getInputStream();
        String head = untilEmptyLine(in);
        String length = header(head, "content-length");
        byte[] body = in.readNBytes(length == null ? 0 : Integer.parseInt(length));
        return new Answer(Integer.parseInt(head.substring(9, 12)), new String(body, StandardCharsets.UTF_8));
    }

    public record Answer(int status, String body) {

        public JsonNode json() {
            return new JsonMapper().readTree(body);
        }
    }

    private static String untilEmptyLine(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("The connection was closed after: " + head);
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    private static @Nullable String header(String head, String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(null);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
