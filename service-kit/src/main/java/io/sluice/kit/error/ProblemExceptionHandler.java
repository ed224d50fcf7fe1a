package io.sluice.kit.error;

import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
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
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.support.WebExchangeBindException;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.server.ContentTooLargeException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.MismatchedInputException;
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
        if (status == HttpStatus.INTERNAL_SERVER_ERROR.value()) {
            log.error(
                    "{} {} failed",
                    exchange.getRequest().getMethod(),
                    exchange.getRequest().getPath(),
                    failure);
        } else if (status > HttpStatus.INTERNAL_SERVER_ERROR.value()) {
            log.warn(
                    "{} {} answered {}: {}",
                    exchange.getRequest().getMethod(),
                    exchange.getRequest().getPath(),
                    status,
                    failure.toString());
        }
        ProblemDetail body = problem.getBody();
        body.setInstance(URI.create(exchange.getRequest().getPath().value()));
        body.setProperty("message", Optional.ofNullable(body.getDetail()).orElse(body.getTitle()));
        response.setRawStatusCode(status);
        HttpHeaders headers = response.getHeaders();
        // What the handler had prepared for a success must not describe the problem.
        headers.remove(HttpHeaders.ETAG);
        headers.remove(HttpHeaders.CONTENT_LENGTH);
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
        if (find(failure, DataBufferLimitException.class).isPresent() || failure instanceof ContentTooLargeException) {
            return Problem.CONTENT_TOO_LARGE.with("The request body, or one part of it, is too large");
        }
        if (failure instanceof WebExchangeBindException invalid) {
            return validationProblem(invalid);
        }
        if (failure instanceof ServerWebInputException || failure instanceof DecodingException) {
            return inputProblem(failure);
        }
        if (failure instanceof ErrorResponse response) {
            return response;
        }
        if (isPassing(failure)) {
            return Problem.unavailable("A part of the platform does not answer at the moment", RETRY_AFTER_SECONDS);
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

    private static ErrorResponse validationProblem(WebExchangeBindException invalid) {
        List<FieldError> errors = invalid.getFieldErrors().stream()
                .map(error -> new FieldError(
                        error.getField(),
                        Optional.ofNullable(error.getDefaultMessage()).orElse("is invalid")))
                .toList();
        String detail = errors.stream()
                .map(error -> error.field() + ": " + error.message())
                .reduce((left, right) -> left + "; " + right)
                .orElse("The request is invalid");
        return Problem.VALIDATION_FAILED.with(detail, errors);
    }

    private static ErrorResponse inputProblem(Throwable failure) {
        Optional<JacksonException> syntax = find(failure, JacksonException.class);
        if (syntax.isEmpty()) {
            String reason = failure instanceof ServerWebInputException input ? input.getReason() : null;
            return Problem.MALFORMED_REQUEST.with(reason == null ? "The request cannot be read" : reason);
        }
        JacksonException cause = syntax.get();
        String field = fieldOf(cause);
        Optional<String> expected = expectedBy(cause);
        if (field.isEmpty()) {
            return Problem.MALFORMED_REQUEST.with(expected.map(kind -> "The body " + kind)
                    .orElseGet(() -> "The body is not valid JSON: " + firstLine(cause.getOriginalMessage())));
        }
        return Problem.MALFORMED_REQUEST.at(field, expected.orElseGet(() -> firstLine(cause.getOriginalMessage())));
    }

    /** What kind of value would have been right, where that is the fault: Jackson words it with our Java types. */
    private static Optional<String> expectedBy(JacksonException failure) {
        Class<?> type = failure instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        if (type == null) {
            return Optional.empty();
        }
        if (type == String.class) {
            return Optional.of("must be a text");
        }
        if (type == boolean.class || type == Boolean.class) {
            return Optional.of("must be true or false");
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return Optional.of("must be a number");
        }
        if (type.isArray() || Collection.class.isAssignableFrom(type)) {
            return Optional.of("must be a list");
        }
        return type.isRecord() || Map.class.isAssignableFrom(type)
                ? Optional.of("must be an object")
                : Optional.empty();
    }

    /** The path of the value that could not be read, such as {@code members[0].role}; empty at the root. */
    private static String fieldOf(JacksonException failure) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference reference : failure.getPath()) {
            if (reference.getPropertyName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
            }
        }
        return path.toString();
    }

    /** Jackson names our Java types in its messages; the part a client can use comes first. */
    private static String firstLine(String message) {
        String line = message.lines().findFirst().orElse("cannot be read");
        return line.replaceAll("`[\\w.$]+[.$](\\w+)`", "$1").replaceAll("\\s*\\(.*$", "");
    }

    private static String messageOr(@Nullable Throwable failure, String other) {
        String message = failure == null ? null : failure.getMessage();
        return message == null ? other : message;
    }

    private static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
        @Nullable Throwable cause = failure;
        while (cause != null) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }
}
