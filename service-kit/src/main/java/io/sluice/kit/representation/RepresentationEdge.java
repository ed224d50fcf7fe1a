package io.sluice.kit.representation;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Translates between other forms outside and JSON inside, around everything else: filters, handlers and the handler of
 * failures meet JSON only. What a request neither sends nor asks for in another form passes untouched but for {@code Vary}.
 *
 * <p>It looks at the API only, not at {@code /token}, {@code /oauth2} or {@code /internal}.
 */
final class RepresentationEdge implements HttpHandlerDecoratorFactory {

    @Override
    public HttpHandler apply(HttpHandler handler) {
        return (request, response) -> {
            if (!isApi(request)) {
                return handler.handle(request, response);
            }
            Representation preferred = Representation.preferredBy(request.getHeaders());
            Answer answer = new Answer(response, preferred, true);
            response.beforeCommit(answer::describe);
            return handler.handle(XmlBody.inJson(askingForJson(request, preferred)), answer);
        };
    }

    /** Paths begin with two slashes where clients concatenate them. */
    static boolean isApi(ServerHttpRequest request) {
        String path = request.getURI().getRawPath();
        int start = 0;
        while (start < path.length() && path.charAt(start) == '/') {
            start++;
        }
        return path.startsWith("api/", start);
    }

    private static ServerHttpRequest askingForJson(ServerHttpRequest request, Representation preferred) {
        HttpHeaders headers = request.getHeaders();
        boolean isForAnother = preferred != Representation.JSON;
        if (!isForAnother && !EntityTags.areOfOthers(headers)) {
            return request;
        }
        return request.mutate()
                .headers(changed -> {
                    EntityTags.statesOf(changed);
                    if (isForAnother) {
                        EntityTags.copiesOf(preferred, changed);
                        changed.setAccept(Representation.inJson(headers.getAccept()));
                    }
                })
                .build();
    }

    /** Whether a type is one of those that mean XML in a request. */
    static boolean isXml(MediaType type) {
        return type.equalsTypeAndSubtype(MediaType.APPLICATION_XML) || type.equalsTypeAndSubtype(MediaType.TEXT_XML);
    }
}
