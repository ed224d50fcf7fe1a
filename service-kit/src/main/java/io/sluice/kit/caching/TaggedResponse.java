package io.sluice.kit.caching;

import io.sluice.kit.web.WholeBody;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * A response whose JSON gets a tag made of its bytes when its operation gave it none, and is left away when the client
 * has it already. The tag is weak (RFC 9110 §8.8.1): it is that of what was found, not of a state that a change could be
 * tied to. Longer answers leave as they come and without a tag.
 */
final class TaggedResponse extends ServerHttpResponseDecorator {

    /** The longest answer that waits for its tag: 1 MiB. */
    static final int LARGEST_BODY = 1024 * 1024;

    private static final String NO_STORE = "no-store";
    private static final int TAG_BYTES = 16;

    private final ServerWebExchange exchange;

    /** @param exchange which knows what the client has */
    TaggedResponse(ServerWebExchange exchange) {
        super(exchange.getResponse());
        this.exchange = exchange;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        if (!isWithoutTag()) {
            return super.writeWith(body);
        }
        return new WholeBody(LARGEST_BODY, bufferFactory())
                .pass(body, whole -> isKnown(whole) ? leaveAway(whole) : write(whole), getDelegate()::writeWith);
    }

    private boolean isWithoutTag() {
        HttpHeaders headers = getHeaders();
        MediaType type = headers.getContentType();
        String control = headers.getCacheControl();
        return (getStatusCode() == null || getStatusCode() == HttpStatus.OK)
                && type != null
                && type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)
                && !headers.containsHeader(HttpHeaders.ETAG)
                // The bytes of an item are told by their digest.
                && !headers.containsHeader(HttpHeaders.ACCEPT_RANGES)
                && (control == null || !control.contains(NO_STORE))
                && ReadFilter.isOurs(exchange);
    }

    /** Puts the tag into the headers, too, and the status of who has it. */
    private boolean isKnown(DataBuffer whole) {
        return exchange.checkNotModified(tagOf(whole));
    }

    private Mono<Void> leaveAway(DataBuffer whole) {
        DataBufferUtils.release(whole);
        getHeaders().remove(HttpHeaders.CONTENT_TYPE);
        getHeaders().remove(HttpHeaders.CONTENT_LENGTH);
        return getDelegate().setComplete();
    }

    private Mono<Void> write(DataBuffer whole) {
        getHeaders().setContentLength(whole.readableByteCount());
        return getDelegate().writeWith(Mono.just(whole));
    }

    private static String tagOf(DataBuffer whole) {
        try (DataBuffer.ByteBufferIterator parts = whole.readableByteBuffers()) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            parts.forEachRemaining(digest::update);
            byte[] some = Arrays.copyOf(digest.digest(), TAG_BYTES);
            return "W/\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(some) + '"';
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
