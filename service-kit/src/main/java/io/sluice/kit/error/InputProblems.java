package io.sluice.kit.error;

import java.time.temporal.Temporal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.TypeMismatchException;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.core.MethodParameter;
import org.springframework.web.ErrorResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.support.WebExchangeBindException;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.server.ServerWebInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.exc.MismatchedInputException;

/** Says what is wrong with a request that cannot be read, in words that know nothing of our Java types. */
final class InputProblems {

    /** As much of a client's own words as goes back to it. */
    private static final int LONGEST_QUOTE = 200;

    private static final String UNREADABLE = "cannot be read";
    private static final Comparator<FieldError> IN_ORDER =
            Comparator.comparing(FieldError::field).thenComparing(FieldError::message);
    private static final Pattern CHOICES = Pattern.compile("\\[.*]");

    private InputProblems() {}

    /** A body that does not keep the rules of its fields. */
    static ErrorResponse invalid(WebExchangeBindException failure) {
        return invalid(
                failure.getFieldErrors().stream().map(error -> new FieldError(error.getField(), message(error))));
    }

    /** Parameters that do not keep their rules. */
    static ErrorResponse invalid(HandlerMethodValidationException failure) {
        return invalid(failure.getParameterValidationResults().stream()
                .flatMap(result -> result.getResolvableErrors().stream()
                        .map(error -> new FieldError(field(error, result.getMethodParameter()), message(error)))));
    }

    /** In the order of the fields: that in which they are checked differs from request to request. */
    private static ErrorResponse invalid(Stream<FieldError> found) {
        List<FieldError> errors = found.sorted(IN_ORDER).toList();
        String detail = errors.stream()
                .map(error -> error.field() + ": " + error.message())
                .collect(Collectors.joining("; "));
        return Problem.VALIDATION_FAILED.with(detail.isEmpty() ? "The request is invalid" : detail, errors);
    }

    private static String field(MessageSourceResolvable error, MethodParameter parameter) {
        return error instanceof org.springframework.validation.FieldError inBody ? inBody.getField() : name(parameter);
    }

    private static String message(MessageSourceResolvable error) {
        return Optional.ofNullable(error.getDefaultMessage()).orElse("is invalid");
    }

    /** A body or a parameter that cannot be turned into what the operation takes. */
    static ErrorResponse unreadable(Throwable failure) {
        Optional<ErrorResponseException> ours = ProblemExceptionHandler.find(
                failure, ErrorResponseException.class, ErrorResponseException.class::equals);
        if (ours.isPresent()) {
            // A record that checks its own fields has said what is wrong.
            return ours.get();
        }
        Optional<JacksonException> json = ProblemExceptionHandler.find(failure, JacksonException.class);
        if (json.isPresent()) {
            return unreadable(json.get());
        }
        if (!(failure instanceof ServerWebInputException input)) {
            return Problem.MALFORMED_REQUEST.with("The request cannot be read");
        }
        MethodParameter parameter = input.getMethodParameter();
        if (parameter != null && input.getCause() instanceof TypeMismatchException) {
            return Problem.MALFORMED_REQUEST.at(name(parameter), wanted(parameter.getParameterType()));
        }
        return Problem.MALFORMED_REQUEST.with(
                quoted(Optional.ofNullable(input.getReason()).orElse("The request cannot be read")));
    }

    private static ErrorResponse unreadable(JacksonException failure) {
        String field = quoted(path(failure));
        String message = message(failure);
        if (!field.isEmpty()) {
            return Problem.MALFORMED_REQUEST.at(field, message);
        }
        return Problem.MALFORMED_REQUEST.with(
                isMismatch(failure) ? "The body " + message : "The body is not valid JSON: " + message);
    }

    /** The path of the value that could not be read, such as {@code members[0].role}; empty at the root. */
    private static String path(JacksonException failure) {
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

    private static boolean isMismatch(JacksonException failure) {
        return failure instanceof MismatchedInputException || failure instanceof InputCoercionException;
    }

    private static String message(JacksonException failure) {
        if (failure instanceof MismatchedInputException mismatch) {
            Class<?> type = mismatch.getTargetType();
            return type != null && type.isEnum() ? choice(failure) : wanted(type);
        }
        if (failure instanceof InputCoercionException coercion) {
            return wanted(coercion.getTargetType());
        }
        // What the parser says comes first; in brackets it goes on about its own classes.
        String line = failure.getOriginalMessage().lines().findFirst().orElse("");
        return quoted(line.replaceAll("\\s*\\(.*$", ""));
    }

    private static String choice(JacksonException failure) {
        Matcher choices = CHOICES.matcher(failure.getOriginalMessage());
        return choices.find() ? "must be one of " + choices.group() : "must be a text";
    }

    private static String wanted(@Nullable Class<?> type) {
        if (type == null) {
            return UNREADABLE;
        }
        if (CharSequence.class.isAssignableFrom(type)) {
            return "must be a text";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "must be true or false";
        }
        if (type == double.class || type == float.class || type == Double.class || type == Float.class) {
            return "must be a number";
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "must be a whole number" + range(type);
        }
        if (Temporal.class.isAssignableFrom(type)) {
            return "must be a time such as 2026-11-21T08:30:00.000Z";
        }
        if (Collection.class.isAssignableFrom(type) || type.isArray()) {
            return "must be a list";
        }
        return type.isRecord() || Map.class.isAssignableFrom(type) ? "must be an object" : UNREADABLE;
    }

    private static String range(Class<?> type) {
        return type == int.class || type == Integer.class ? " of at most 32 bits" : "";
    }

    private static String name(MethodParameter parameter) {
        return Optional.ofNullable(parameter.getParameterName()).orElse("parameter");
    }

    private static String quoted(String words) {
        return words.length() <= LONGEST_QUOTE ? words : words.substring(0, LONGEST_QUOTE) + "…";
    }
}
