package io.sluice.gateway.connection;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.RequestId;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Says what would be right when a request is so malformed that Netty refuses it before anybody else sees it: a head that
 * is too large, or a length that can be read in two ways (request smuggling). Netty would answer with an empty body.
 */
@Sharable
class UnreadableRequest extends ChannelOutboundHandlerAdapter {

    private final long longestLine;
    private final long largestHead;
    private final JsonMapper json;

    UnreadableRequest(long longestLine, long largestHead, JsonMapper json) {
        this.longestLine = longestLine;
        this.largestHead = largestHead;
        this.json = json;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof FullHttpResponse answer && isRefusalOfNetty(answer)) {
            HttpResponse refusal = refusal(answer.status());
            answer.release();
            context.write(refusal, promise);
        } else {
            context.write(message, promise);
        }
    }

    /** Every answer of our own has an id. */
    private static boolean isRefusalOfNetty(FullHttpResponse answer) {
        return answer.status().codeClass() == HttpStatusClass.CLIENT_ERROR
                && !answer.headers().contains(RequestId.HEADER)
                && !answer.content().isReadable();
    }

    private HttpResponse refusal(HttpResponseStatus status) {
        ErrorResponseException problem = problem(status.code());
        ProblemDetail body = problem.getBody();
        body.setProperty("message", body.getDetail());
        byte[] bytes = json.writeValueAsBytes(body);
        FullHttpResponse refusal =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(bytes));
        refusal.headers()
                .set(RequestId.HEADER, UUID.randomUUID().toString())
                .set(HttpHeaderNames.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("X-Content-Type-Options", "nosniff")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, bytes.length);
        return refusal;
    }

    private ErrorResponseException problem(int status) {
        return switch (status) {
            case 414 ->
                Problem.URI_TOO_LONG.with(
                        "The method and the address of a request may have at most " + longestLine + " bytes");
            case 431 ->
                Problem.HEADERS_TOO_LARGE.with(
                        "All headers of a request together may have at most " + largestHead + " bytes");
            default ->
                Problem.MALFORMED_REQUEST.with(
                        "This is not HTTP/1.1 as RFC 9112 has it: send one Host, one Content-Length or one"
                                + " Transfer-Encoding: chunked, and end each line of the head by CR LF");
        };
    }
}
