package io.sluice.itemservice.bulk;

import com.github.luben.zstd.ZstdInputStream;
import io.sluice.kit.error.Problem;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * In what form the body of a bulk upload comes.
 *
 * @param codings how it is packed, the outermost first
 */
record BulkBody(Format format, List<Coding> codings) {

    static final String TAR = "application/x-tar";
    static final String ZIP = "application/zip";
    static final String GZIP = "application/gzip";
    static final String ZSTD = "application/zstd";

    /** What decoding zstd takes in memory: 8 MiB, which is what every level but the ultra ones needs. */
    private static final int LARGEST_WINDOW_BITS = 23;

    private static final int MOST_CODINGS = 2;
    private static final int BUFFER = 64 * 1024;

    enum Format {
        LINES,
        TAR,
        ZIP
    }

    enum Coding {
        GZIP {
            @Override
            InputStream decode(InputStream packed) throws IOException {
                return new GZIPInputStream(new Unknown(packed), BUFFER);
            }
        },
        ZSTD {
            @Override
            InputStream decode(InputStream packed) throws IOException {
                return new ZstdInputStream(packed).setLongMax(LARGEST_WINDOW_BITS);
            }
        };

        abstract InputStream decode(InputStream packed) throws IOException;
    }

    /** GZIP may have several parts; whether another one comes must not depend on what has come so far. */
    private static final class Unknown extends FilterInputStream {

        Unknown(InputStream in) {
            super(in);
        }

        @Override
        public int available() {
            return 1;
        }
    }

    /**
     * What the headers say.
     *
     * @throws org.springframework.web.ErrorResponseException {@link Problem#UNSUPPORTED_MEDIA_TYPE}
     */
    static BulkBody of(HttpHeaders headers) {
        List<Coding> codings = new ArrayList<>();
        for (String value : headers.getOrEmpty(HttpHeaders.CONTENT_ENCODING)) {
            for (String name : value.split(",")) {
                Coding coding = coding(name.strip().toLowerCase(Locale.ROOT));
                if (coding != null) {
                    // The last was applied last.
                    codings.add(0, coding);
                }
            }
        }
        MediaType type = headers.getContentType();
        String essence = type == null ? "" : type.getType() + "/" + type.getSubtype();
        Format format = switch (essence.toLowerCase(Locale.ROOT)) {
            case MediaType.APPLICATION_NDJSON_VALUE -> Format.LINES;
            case ZIP -> Format.ZIP;
            case GZIP -> {
                codings.add(Coding.GZIP);
                yield Format.TAR;
            }
            case ZSTD -> {
                codings.add(Coding.ZSTD);
                yield Format.TAR;
            }
            default -> Format.TAR;
        };
        if (codings.size() > MOST_CODINGS) {
            throw Problem.UNSUPPORTED_MEDIA_TYPE.at(
                    HttpHeaders.CONTENT_ENCODING, "may pack a body " + MOST_CODINGS + " times at most");
        }
        return new BulkBody(format, codings);
    }

    private static @Nullable Coding coding(String name) {
        return switch (name) {
            case "gzip", "x-gzip" -> Coding.GZIP;
            case "zstd" -> Coding.ZSTD;
            case "identity", "" -> null;
            default ->
                throw Problem.UNSUPPORTED_MEDIA_TYPE.at(HttpHeaders.CONTENT_ENCODING, "must be gzip, zstd or identity");
        };
    }

    /** Reads the body as if it were not packed. */
    InputStream unpacked(InputStream body) throws IOException {
        if (codings.isEmpty()) {
            return body;
        }
        Expansion expansion = new Expansion();
        InputStream plain = expansion.packed(body);
        for (Coding coding : codings) {
            plain = coding.decode(plain);
        }
        return expansion.plain(plain);
    }
}
