package io.sluice.kit.error;

/**
 * One thing wrong with a request.
 *
 * @param field the path of the field in the request, such as {@code members[0].role}
 * @param message what would be right, for people
 */
public record FieldError(String field, String message) {}
