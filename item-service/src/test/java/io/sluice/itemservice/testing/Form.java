package io.sluice.itemservice.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A form as the SDK sends it (contract core §6.1), or wrong in a way that a test wants. */
public final class Form {

    public static final String BOUNDARY = "0123456789abcdef0123456789abcdef";

    /** What stands before the bytes of a file. */
    private static final String FILE_HEADERS = "Content-Type: application/octet-stream\r\n"
            + "Content-Disposition: form-data; name=\"file\"; filename=\"n%C3%A4me.bin\"";

    private final ByteArrayOutputStream parts = new ByteArrayOutputStream();
    private boolean closed = true;

    /** Without any part. */
    public static Form empty() {
        return new Form();
    }

    /** With the parts {@code type} and {@code path}. */
    public static Form of(String path) {
        return empty().field("type", "file").field("path", path);
    }

    public Form field(String name, String value) {
        return field(name, value.getBytes(StandardCharsets.UTF_8));
    }

    public Form field(String name, byte[] value) {
        return part(
                "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=\"" + name + "\"",
                value);
    }

    public Form file(byte[] bytes) {
        return part(FILE_HEADERS, bytes);
    }

    public Form file(String text) {
        return file(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A part with headers of the test's own. */
    public Form part(String headers, byte[] value) {
        parts.writeBytes(("--" + BOUNDARY + "\r\n" + headers + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        parts.writeBytes(value);
        parts.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** The connection goes on, but the form never says that it is complete. */
    public Form withoutEnd() {
        closed = false;
        return this;
    }

    public String contentType() {
        return "multipart/form-data; boundary=" + BOUNDARY;
    }

    public byte[] bytes() {
        byte[] open = parts.toByteArray();
        if (!closed) {
            return open;
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(open);
        all.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return all.toByteArray();
    }

    /** The beginning of a form whose file is still to come: everything up to its first byte. */
    public byte[] upToTheFile() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(parts.toByteArray());
        all.writeBytes(("--" + BOUNDARY + "\r\n" + FILE_HEADERS + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        return all.toByteArray();
    }

    /** What closes a form whose last part is the file. */
    public static byte[] end() {
        return ("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8);
    }
}
