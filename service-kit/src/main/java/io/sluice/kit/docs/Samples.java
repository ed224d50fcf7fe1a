package io.sluice.kit.docs;

import com.fasterxml.jackson.core.type.TypeReference;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What no signature says of an operation, from the file {@code <service>-operations.json} by method and path: its id, which
 * is that of the published API where that has the operation, an example, and what a handler reads or writes by itself. The
 * file has pieces of OpenAPI's own operations. A test sends every example to a running platform.
 */
final class Samples {

    private static final Pattern KEY_OR_VARIABLE =
            Pattern.compile("\"(?:GET|PUT|POST|PATCH|DELETE) [^\"]*\"|\\{([a-z]\\w*)}");

    private final Map<String, Operation> samples;

    private Samples(Map<String, Operation> samples) {
        this.samples = samples;
    }

    static Samples of(String service) {
        try (InputStream file = Samples.class.getResourceAsStream("/" + service + "-operations.json")) {
            return new Samples(
                    file == null
                            ? Map.of()
                            : Json31.mapper()
                                    .readValue(
                                            filled(new String(file.readAllBytes(), StandardCharsets.UTF_8)),
                                            new TypeReference<>() {}));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** With ids where the examples name variables; the paths that the operations are found by keep theirs. */
    private static String filled(String file) {
        return KEY_OR_VARIABLE
                .matcher(file)
                .replaceAll(found ->
                        Matcher.quoteReplacement(found.group(1) == null ? found.group() : valueOf(found.group(1))));
    }

    void describe(String method, String path, Operation operation) {
        Operation sample = samples.get(method + " " + path);
        if (sample == null) {
            return;
        }
        operation.operationId(sample.getOperationId());
        if (sample.getSummary() != null) {
            operation.summary(sample.getSummary());
        }
        if (sample.getDescription() != null) {
            String known = operation.getDescription();
            operation.description(sample.getDescription() + "\n\n" + known.substring(known.indexOf(Rights.SENTENCE)));
        }
        if (sample.getRequestBody() != null) {
            body(sample.getRequestBody(), operation);
        }
        Optional.ofNullable(sample.getParameters()).stream()
                .flatMap(parameters -> parameters.stream())
                .forEach(parameter -> parameter(parameter, operation));
        if (sample.getResponses() != null) {
            answers(sample.getResponses(), operation);
        }
    }

    private static void body(RequestBody sample, Operation operation) {
        if (operation.getRequestBody() == null) {
            operation.requestBody(sample.required(true));
            return;
        }
        if (operation.getRequestBody().getContent() == null) {
            operation.getRequestBody().content(new Content());
        }
        merge(sample.getContent(), operation.getRequestBody().getContent());
    }

    private static void merge(Content sample, Content known) {
        sample.forEach((type, content) -> {
            MediaType merged = known.computeIfAbsent(type, added -> new MediaType());
            if (content.getSchema() != null) {
                merged.schema(content.getSchema());
            }
            if (content.getExample() != null) {
                merged.example(content.getExample());
            }
        });
    }

    private static void parameter(Parameter sample, Operation operation) {
        Optional<Parameter> known = Optional.ofNullable(operation.getParameters()).stream()
                .flatMap(parameters -> parameters.stream())
                .filter(parameter -> parameter.getName().equals(sample.getName()))
                .findFirst();
        if (known.isEmpty()) {
            operation.addParametersItem(sample);
            return;
        }
        if (sample.getDescription() != null) {
            known.get().description(sample.getDescription());
        }
        if (sample.getExample() != null) {
            known.get().example(sample.getExample());
        }
        if (sample.getSchema() != null) {
            known.get().schema(sample.getSchema());
        }
    }

    private static void answers(ApiResponses sample, Operation operation) {
        sample.forEach((status, answer) -> {
            ApiResponse known = operation.getResponses().get(status);
            if (known == null || answer.getContent() != null && known.getContent() == null) {
                operation.getResponses().addApiResponse(status, answer);
                return;
            }
            if (answer.getDescription() != null) {
                known.description(answer.getDescription());
            }
            if (answer.getContent() != null) {
                known.content(answer.getContent());
            }
        });
    }

    /** What a variable of a path stands for, in words and in the examples. */
    static void describe(Parameter variable) {
        String name = variable.getName();
        if (variable.getDescription() == null) {
            variable.description(
                    name.endsWith("Id")
                            ? "The id of the " + words(name.substring(0, name.length() - 2))
                            : "The " + words(name));
        }
        if (variable.getExample() == null) {
            variable.example(valueOf(name));
        }
    }

    private static String words(String name) {
        return name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }

    /** People have their address for an id; all else has 24 hexadecimal digits, other ones for each name. */
    private static String valueOf(String name) {
        return switch (name) {
            case "userId", "memberId", "email" -> "ann@example.org";
            default -> name.endsWith("Id") ? "6920%020x".formatted(name.hashCode() & 0xffff_ffffL) : name;
        };
    }
}
