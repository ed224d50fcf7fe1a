import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A gate that keeps nothing and answers at once with the least that the SDK accepts: what an upload against it takes is
 * what the SDK itself takes. Run with {@code java InstantGate.java PORT}.
 */
public class InstantGate {

    private static final AtomicLong IDS = new AtomicLong(0x6b0000000000L);

    public static void main(String[] arguments) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 128);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", InstantGate::answer);
        server.start();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath().replaceAll("/+", "/");
        String body;
        if (path.equals("/token")) {
            exchange.getRequestBody().readAllBytes();
            body = "{\"id_token\":\"" + token() + "\"}";
        } else if (path.endsWith("/items")) {
            long size = fileSize(exchange);
            body = "{\"id\":\"" + id() + "\",\"type\":\"file\",\"metadata\":{\"system\":{\"size\":" + size + "}}}";
            exchange.getResponseHeaders().set("x-item-op", "created");
        } else if (path.endsWith("/query")) {
            exchange.getRequestBody().readAllBytes();
            body = "{\"items\":[],\"hasNextPage\":false,\"totalItemsCount\":0,\"totalPagesCount\":0}";
        } else {
            exchange.getRequestBody().readAllBytes();
            body = "{\"id\":\"" + id() + "\",\"name\":\"n\",\"projects\":[\"" + id()
                    + "\"],\"metadata\":{\"system\":{\"recipes\":[]}}}";
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String id() {
        return String.format("%012x%012x", 0x6b0183990000L, IDS.incrementAndGet());
    }

    /** An unsigned token: the SDK reads the claims only. */
    private static String token() {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        String claims = "{\"email\":\"me@example.org\",\"exp\":4000000000}";
        return encoder.encodeToString("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".AAAA";
    }

    /** The file is the last part of the form: everything from the end of its headers to the closing boundary. */
    private static long fileSize(HttpExchange exchange) throws IOException {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        String boundary = type.substring(type.indexOf("boundary=") + "boundary=".length());
        byte[] form;
        try (InputStream in = exchange.getRequestBody()) {
            form = in.readAllBytes();
        }
        String text = new String(form, StandardCharsets.ISO_8859_1);
        int part = text.indexOf("name=\"file\"");
        int start = text.indexOf("\r\n\r\n", part) + 4;
        int end = text.lastIndexOf("\r\n--" + boundary + "--");
        return end - start;
    }
}
