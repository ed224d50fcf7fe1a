package io.sluice.gateway.compression;

import io.netty.handler.codec.http.HttpHeaders;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Answers leave the gateway compressed, as they are streamed, for clients that take it. */
@Configuration(proxyBeanMethods = false)
class CompressionConfiguration {

    @Bean
    CodedTags codedTags() {
        return new CodedTags();
    }

    @Bean
    NettyServerCustomizer compression() {
        return server -> server.compress(CompressionConfiguration::isToBeCompressed);
    }

    private static boolean isToBeCompressed(HttpServerRequest request, HttpServerResponse response) {
        HttpHeaders headers = response.responseHeaders();
        String length = headers.get("Content-Length");
        return Compressible.isText(
                        "/" + request.path(),
                        headers.get("Content-Type"),
                        length == null ? -1 : Long.parseLong(length),
                        Compressible.isOther(headers::contains))
                && Compressible.takesGzip(request.requestHeaders().getAll("Accept-Encoding"));
    }
}
