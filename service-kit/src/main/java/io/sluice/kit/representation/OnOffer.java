package io.sluice.kit.representation;

import io.sluice.kit.error.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/**
 * Says in a 406 and a 415 what may be had and sent (RFC 9110 §15.5.7, §15.5.16), the other forms with JSON. It answers nothing itself:
 * the handler of all failures comes next.
 */
@Order(-3)
final class OnOffer implements WebExceptionHandler {

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        if (!RepresentationEdge.isApi(exchange.getRequest())) {
            return Mono.error(failure);
        }
        if (failure instanceof NotAcceptableStatusException refused) {
            return Mono.error(notAcceptable(refused));
        }
        if (failure instanceof UnsupportedMediaTypeStatusException refused) {
            return Mono.error(unsupported(refused, exchange.getRequest()));
        }
        return Mono.error(failure);
    }

    private static Throwable notAcceptable(NotAcceptableStatusException refused) {
        List<MediaType> offered = offered(refused.getSupportedMediaTypes(), Representation.values());
        return offered.isEmpty()
                ? Problem.NOT_ACCEPTABLE.with("Accept cannot be read; ask for application/json or application/xml")
                : Problem.NOT_ACCEPTABLE.with("This may be had as " + words(offered));
    }

    private static Throwable unsupported(UnsupportedMediaTypeStatusException refused, ServerHttpRequest request) {
        List<MediaType> offered = offered(refused.getSupportedMediaTypes(), Representation.XML);
        if (offered.isEmpty()) {
            return Problem.UNSUPPORTED_MEDIA_TYPE.with("Content-Type cannot be read, or is not one that is taken here");
        }
        String sent = request.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE);
        boolean isOfCharset = sent != null && sent.contains("charset");
        ErrorResponseException problem =
                Problem.UNSUPPORTED_MEDIA_TYPE.with("This takes " + words(offered) + (isOfCharset ? ", in UTF-8" : ""));
        HttpHeaders headers = problem.getHeaders();
        headers.setAccept(offered);
        if (request.getMethod() == HttpMethod.PATCH) {
            headers.setAcceptPatch(offered);
        }
        return problem;
    }

    /** Whole types, each once, as they are written without parameters. */
    private static List<MediaType> offered(List<MediaType> supported, Representation... besideJson) {
        Set<MediaType> offered = new LinkedHashSet<>();
        for (MediaType type : supported) {
            if (type.isConcrete()) {
                offered.add(bare(type));
            }
            if (type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)) {
                Stream.of(besideJson).map(form -> bare(form.type())).forEach(offered::add);
            }
        }
        return new ArrayList<>(offered);
    }

    private static MediaType bare(MediaType type) {
        return new MediaType(type.getType(), type.getSubtype());
    }

    private static String words(List<MediaType> types) {
        return types.stream().map(MediaType::toString).collect(Collectors.joining(", "));
    }
}
