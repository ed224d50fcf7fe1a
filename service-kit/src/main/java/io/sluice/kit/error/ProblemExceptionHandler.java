package io.sluice.kit.error;

import io.netty.handler.timeout.ReadTimeoutException;
import io.sluice.kit.observation.LogIds;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.server.RequestPath;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.support.WebExchangeBindException;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.reactive.resource.NoResourceFoundException;
import org.springframework.web.server.ContentTooLargeException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns every failure into {@code application/problem+json} (RFC 9457) that also carries {@code status} and
 * {@code message}, the two members the SDK reads (contract core §1.1). Runs before Boot's own handler, which leaves
 * four kinds of failure without a usable body. What a client must not know (a 500's cause) goes to the log only.
 */
@Order(-2)
public class ProblemExceptionHandler implements WebExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProblemExceptionHandler.class);
    private static final int RETRY_AFTER_SECONDS = 2;

    private final JsonMapper json;

    public ProblemExceptionHandler(JsonMapper json) {
        this.json = json;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(failure);
        }
        ErrorResponse problem = problemOf(failure, exchange);
        int status = problem.getStatusCode().value();
        if (status >= HttpStatus.INTERNAL_SERVER_ERROR.value()) {
            try (LogIds ids = LogIds.of(exchange)) {
                log(exchange, status, failure);
            }
        }
        ProblemDetail body = problem.getBody();
        body.setInstance(instance(exchange));
        body.setProperty("message", Optional.ofNullable(body.getDetail()).orElse(body.getTitle()));
        response.setRawStatusCode(status);
        HttpHeaders headers = response.getHeaders();
        // What the handler had prepared for a success must not describe the problem.
        headers.remove(HttpHeaders.ETAG);
        headers.remove(HttpHeaders.CONTENT_LENGTH);
        headers.remove("Repr-Digest");
        problem.getHeaders().forEach(headers::put);
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        headers.setCacheControl("no-store");
        byte[] bytes = json.writeValueAsBytes(body);
        headers.setContentLength(bytes.length);
        if (exchange.getRequest().getMethod() == HttpMethod.HEAD) {
            return response.setComplete();
        }
        DataBuffer buffer = response.bufferFactory().wrap(bytes);
        return response.writeWith(Mono.just(buffer));
    }

    private static void log(ServerWebExchange exchange, int status, Throwable failure) {
        HttpMethod method = exchange.getRequest().getMethod();
        RequestPath path = exchange.getRequest().getPath();
        if (status == HttpStatus.INTERNAL_SERVER_ERROR.value()) {
            log.error("{} {} failed", method, path, failure);
        } else {
            log.warn("{} {} answered {}: {}", method, path, status, failure.toString());
        }
    }

    /** The path; it must not begin with two slashes, because the name of a host would follow (RFC 3986 §4.2). */
    private static URI instance(ServerWebExchange exchange) {
        return URI.create(exchange.getRequest().getPath().value().replaceAll("/{2,}", "/"));
    }

    private ErrorResponse problemOf(Throwable failure, ServerWebExchange exchange) {
        if (failure instanceof AuthenticationException) {
            boolean isRefusal = failure instanceof BadCredentialsException;
            var problem = Problem.UNAUTHENTICATED.with(
                    messageOr(isRefusal ? failure : null, "Sign in and send the token as Authorization: Bearer"));
            problem.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            return problem;
        }
        if (failure instanceof AccessDeniedException) {
            return Problem.FORBIDDEN.with("You may not do this");
        }
        if (isPassing(failure)) {
            return Problem.unavailable("A part of the platform does not answer at the moment", RETRY_AFTER_SECONDS);
        }
        if (find(failure, DataBufferLimitException.class).isPresent() || failure instanceof ContentTooLargeException) {
            return Problem.CONTENT_TOO_LARGE.with("The request body, or one part of it, is too large");
        }
        if (failure instanceof WebExchangeBindException invalid) {
            return InputProblems.invalid(invalid);
        }
        if (failure instanceof HandlerMethodValidationException invalid && !invalid.isForReturnValue()) {
            return InputProblems.invalid(invalid);
        }
        if (failure instanceof ServerWebInputException || failure instanceof DecodingException) {
            return InputProblems.unreadable(failure);
        }
        if (failure instanceof NoResourceFoundException) {
            return Problem.NOT_FOUND.with("Nothing answers at this path");
        }
        if (failure instanceof ErrorResponse response) {
            return typed(response);
        }
        return Problem.INTERNAL.with("Something went wrong on our side; request id "
                + exchange.getResponse().getHeaders().getFirst("x-request-id"));
    }

    private static boolean isPassing(Throwable failure) {
        return failure instanceof WebClientException
                || failure instanceof TimeoutException
                || failure instanceof ReadTimeoutException
                || failure instanceof IOException;
    }

    /** Spring's own failures have no type; they get the one that is ours for their status. */
    private static ErrorResponse typed(ErrorResponse failure) {
        ProblemDetail body = failure.getBody();
        if (body.getType() != null && body.getType().getPath().startsWith(Problem.TYPES)) {
            return failure;
        }
        return Problem.ofStatus(body.getStatus())
                .map(kind -> {
                    ErrorResponseException problem =
                            kind.with(body.getDetail() == null ? kind.title() : body.getDetail());
                    problem.getHeaders().putAll(failure.getHeaders());
                    return (ErrorResponse) problem;
                })
                .orElse(failure);
    }

    private static String messageOr(@Nullable Throwable failure, String other) {
        String message = failure == null ? null : failure.getMessage();
        return message == null ? other : message;
    }

    /** The first of that type among a failure and its causes. */
    static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
        return find(failure, type, any -> true);
    }

    static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type, Predicate<Class<?>> isMeant) {
        @Nullable Throwable cause = failure;
        while (cause != null) {
            if (type.isInstance(cause) && isMeant.test(cause.getClass())) {
                return Optional.of(type.cast(cause));
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }
}
