package io.sluice.kit.error;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * Every kind of failure a client can meet. The {@code type} of the problem is {@code /problems/<code>}.
 *
 * <p>Statuses follow the published API where the SDK depends on them: a taken name is 400, an impossible query 422
 * (the SDK reads a 400 on a list as an empty list; contract core §0, §1.1).
 */
public enum Problem {
    MALFORMED_REQUEST(400, "Malformed request"),
    VALIDATION_FAILED(400, "Invalid request"),
    NAME_TAKEN(400, "Name already taken"),
    UNAUTHENTICATED(401, "Not signed in"),
    FORBIDDEN(403, "Not allowed"),
    NOT_FOUND(404, "Not found"),
    METHOD_NOT_ALLOWED(405, "Method not allowed"),
    NOT_ACCEPTABLE(406, "Not acceptable"),
    REQUEST_TIMEOUT(408, "Request took too long to arrive"),
    ALREADY_EXISTS(409, "Already exists"),
    CHANGED_MEANWHILE(409, "Changed meanwhile"),
    IN_USE(409, "In use"),
    KEY_IN_USE(409, "Still carried out"),
    ANSWER_NOT_KEPT(409, "Carried out already"),
    PATCH_TEST_FAILED(409, "Test of the patch failed"),
    PRECONDITION_FAILED(412, "Precondition failed"),
    CONTENT_TOO_LARGE(413, "Content too large"),
    URI_TOO_LONG(414, "Address too long"),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type"),
    RANGE_NOT_SATISFIABLE(416, "Range not satisfiable"),
    INVALID_QUERY(422, "Invalid query"),
    UNSUPPORTED(422, "Not supported"),
    QUERY_TOO_EXPENSIVE(422, "Query too expensive"),
    KEY_REUSED(422, "Key of another request"),
    PATCH_NOT_APPLICABLE(422, "Patch does not fit"),
    PRECONDITION_REQUIRED(428, "Precondition required"),
    TOO_MANY_REQUESTS(429, "Too many requests"),
    HEADERS_TOO_LARGE(431, "Headers too large"),
    INTERNAL(500, "Internal error"),
    UPSTREAM_TIMEOUT(500, "No answer in time"),
    UNAVAILABLE(503, "Temporarily unavailable"),
    GATEWAY_TIMEOUT(504, "No answer in time"),
    INSUFFICIENT_STORAGE(507, "No room left");

    /** What every {@code type} starts with. */
    static final String TYPES = "/problems/";

    private static final String ERRORS = "errors";

    private final int status;
    private final String title;

    Problem(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The HTTP status code. */
    public int status() {
        return status;
    }

    /** The kind of failure for people, the same for all failures of the kind. */
    String title() {
        return title;
    }

    /** The first kind of failure with that status, which is its most general one. */
    static Optional<Problem> ofStatus(int status) {
        return Arrays.stream(values()).filter(kind -> kind.status == status).findFirst();
    }

    /** The failure, ready to be thrown or returned in a {@code Mono.error}; {@code detail} is for people. */
    public ErrorResponseException with(String detail) {
        return new ErrorResponseException(HttpStatus.valueOf(status), body(detail), null);
    }

    /** As {@link #with(String)}, naming the one field that is wrong. */
    public ErrorResponseException at(String field, String message) {
        return with(field + ": " + message, List.of(new FieldError(field, message)));
    }

    /** As {@link #with(String)}, naming every field that is wrong. */
    public ErrorResponseException with(String detail, List<FieldError> errors) {
        ProblemDetail body = body(detail);
        body.setProperty(ERRORS, errors);
        return new ErrorResponseException(HttpStatus.valueOf(status), body, null);
    }

    /** A failure that passes: {@link #UNAVAILABLE} with {@code Retry-After} in seconds. */
    public static ErrorResponseException unavailable(String detail, int retryAfterSeconds) {
        return UNAVAILABLE.passing(detail, retryAfterSeconds);
    }

    /** {@link #TOO_MANY_REQUESTS} with {@code Retry-After} in seconds. */
    public static ErrorResponseException tooManyRequests(String detail, int retryAfterSeconds) {
        return TOO_MANY_REQUESTS.passing(detail, retryAfterSeconds);
    }

    private ErrorResponseException passing(String detail, int retryAfterSeconds) {
        ErrorResponseException failure = with(detail);
        failure.getHeaders().set(HttpHeaders.RETRY_AFTER, Integer.toString(retryAfterSeconds));
        return failure;
    }

    ProblemDetail body(String detail) {
        ProblemDetail body = ProblemDetail.forStatusAndDetail(HttpStatus.valueOf(status), detail);
        body.setTitle(title);
        body.setType(URI.create(TYPES + code()));
        return body;
    }

    private String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
