package io.sluice.kit.representation;

import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;

/**
 * The edge of what passes requests on to those who translate: requests stay as they are, and of the answers only its own
 * failures are translated.
 */
final class ProblemEdge implements HttpHandlerDecoratorFactory {

    @Override
    public HttpHandler apply(HttpHandler handler) {
        return (request, response) -> {
            boolean isForXml = RepresentationEdge.isApi(request)
                    && Representation.preferredBy(request.getHeaders()) == Representation.XML;
            if (!isForXml) {
                return handler.handle(request, response);
            }
            Answer answer = new Answer(response, Representation.XML, false);
            response.beforeCommit(answer::describe);
            return handler.handle(request, answer);
        };
    }
}
