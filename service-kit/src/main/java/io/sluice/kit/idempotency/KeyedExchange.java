package io.sluice.kit.idempotency;

import io.sluice.kit.web.RequestShape;
import io.sluice.kit.web.RequestWithBody;
import java.util.Map;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.codec.FormHttpMessageReader;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A request whose body was looked at, with the response that is kept. */
final class KeyedExchange extends ServerWebExchangeDecorator {

    private static final ResolvableType FORM =
            ResolvableType.forClassWithGenerics(MultiValueMap.class, String.class, String.class);
    private static final FormHttpMessageReader FORMS = forms();

    private final ServerHttpRequest request;
    private final ServerHttpResponse response;
    private final Mono<MultiValueMap<String, String>> formData;

    KeyedExchange(ServerWebExchange exchange, Flux<DataBuffer> body, ServerHttpResponse response) {
        super(exchange);
        this.request = new RequestWithBody(exchange.getRequest(), body);
        this.response = response;
        // The exchange below would read the body that is gone.
        this.formData = Mono.defer(this::readForm).cache();
    }

    private static FormHttpMessageReader forms() {
        FormHttpMessageReader reader = new FormHttpMessageReader();
        reader.setMaxInMemorySize(RequestShape.LARGEST_BODY);
        return reader;
    }

    private Mono<MultiValueMap<String, String>> readForm() {
        MediaType type = request.getHeaders().getContentType();
        return MediaType.APPLICATION_FORM_URLENCODED.isCompatibleWith(type)
                ? FORMS.readMono(FORM, request, Map.of())
                : Mono.just(new LinkedMultiValueMap<>());
    }

    @Override
    public ServerHttpRequest getRequest() {
        return request;
    }

    @Override
    public ServerHttpResponse getResponse() {
        return response;
    }

    @Override
    public Mono<MultiValueMap<String, String>> getFormData() {
        return formData;
    }
}
