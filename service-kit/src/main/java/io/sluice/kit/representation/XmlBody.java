package io.sluice.kit.representation;

import io.sluice.kit.error.Problem;
import io.sluice.kit.web.RequestShape;
import io.sluice.kit.web.WholeBody;
import java.nio.charset.Charset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Flux;

/** A request whose body is read as JSON though it came as XML. */
final class XmlBody extends ServerHttpRequestDecorator {

    private final @Nullable Charset charset;

    private XmlBody(ServerHttpRequest request, @Nullable Charset charset) {
        super(request);
        this.charset = charset;
    }

    /** The same request to a handler that reads JSON only. */
    static ServerHttpRequest inJson(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        @Nullable MediaType type = typeOf(headers);
        // One that announces too much is refused by that, before its first byte.
        if (type == null || headers.getContentLength() > RequestShape.LARGEST_BODY) {
            return request;
        }
        ServerHttpRequest inJson = request.mutate()
                .headers(changed -> {
                    changed.setContentType(MediaType.APPLICATION_JSON);
                    changed.remove(HttpHeaders.CONTENT_LENGTH);
                })
                .build();
        return new XmlBody(inJson, type.getCharset());
    }

    /** Null when it is not XML; also when it cannot be read, which others refuse. */
    private static @Nullable MediaType typeOf(HttpHeaders headers) {
        String said = headers.getFirst(HttpHeaders.CONTENT_TYPE);
        if (said == null || !said.toLowerCase(Locale.ROOT).contains("/xml")) {
            return null;
        }
        try {
            MediaType type = MediaType.parseMediaType(said);
            return RepresentationEdge.isXml(type) ? type : null;
        } catch (InvalidMediaTypeException unreadable) {
            return null;
        }
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return DataBufferUtils.join(super.getBody(), RequestShape.LARGEST_BODY)
                .map(this::translated)
                .flux();
    }

    private DataBuffer translated(DataBuffer body) {
        byte[] xml = WholeBody.bytesOf(body);
        if (charset != null && !XmlToJson.isReadable(charset.name())) {
            throw Problem.MALFORMED_REQUEST.with("XML is read in UTF-8 only, not in " + charset.name());
        }
        return DefaultDataBufferFactory.sharedInstance.wrap(XmlToJson.convert(xml));
    }
}
