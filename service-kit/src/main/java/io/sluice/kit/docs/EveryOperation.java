package io.sluice.kit.docs;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.PathItem.HttpMethod;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.PathParameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

/**
 * Says of each operation what follows from its method, its path and its body, so that nobody has to: what may go wrong, which
 * headers come and go, and in which forms bodies do. An operation's own answers win.
 */
final class EveryOperation implements GlobalOpenApiCustomizer {

    private static final Pattern PATH_VARIABLE = Pattern.compile("\\{([^}]+)}");
    private static final String BEARER = "bearer";
    private static final String JSON = "application/json";
    private static final String XML = "application/xml";
    private static final String JSON_PATCH = "application/json-patch+json";
    private static final String ANYBODY = "anybody";

    /** Every answer of a list may be had in these, too. */
    private static final List<String> FORMS_OF_LISTS = List.of("application/x-ndjson", "text/csv");

    private final String service;
    private final Samples samples;

    EveryOperation(String service, Samples samples) {
        this.service = service;
        this.samples = samples;
    }

    @Override
    public void customise(OpenAPI document) {
        if (document.getInfo() == null
                || "OpenAPI definition".equals(document.getInfo().getTitle())) {
            document.info(new Info().title("Sluice: " + service).version("v1"));
        }
        if (document.getComponents() == null) {
            document.components(new Components());
        }
        CommonAnswers.addTo(document.getComponents());
        document.getComponents()
                .addSecuritySchemes(
                        BEARER,
                        new SecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme(BEARER)
                                .bearerFormat("JWT"));
        document.security(List.of(new SecurityRequirement().addList(BEARER)));
        if (document.getPaths() != null) {
            document.getPaths()
                    .forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
                        boolean isPatched = method == HttpMethod.PATCH && showsThing(item, document);
                        describe(path, method, operation, isPatched, document);
                    }));
        }
    }

    /** @param isPatched whether it takes a JSON Patch, as everything does that can be read as well ({@link io.sluice.kit.patch}) */
    private void describe(String path, HttpMethod method, Operation operation, boolean isPatched, OpenAPI document) {
        if (isPatched) {
            operation.addExtension(Rights.CONDITIONAL, true);
        }
        takesWholePath(path, operation);
        takesHeaders(method, operation);
        samples.describe(method.name(), path, operation);
        if (operation.getResponses() == null) {
            operation.responses(new ApiResponses());
        }
        ApiResponses answers = operation.getResponses();
        answers.remove(ApiResponses.DEFAULT);
        if (method == HttpMethod.PUT || method == HttpMethod.PATCH) {
            answersWithLess(answers);
        }
        answers.values().forEach(answer -> describe(answer));
        if (path.startsWith("/api/")) {
            inAllForms(method, operation, isPatched, document);
        }
        answers.forEach((status, answer) -> headers(status, method, answer));
        if (method == HttpMethod.GET && operation.getParameters() != null) {
            answers.computeIfAbsent(
                    "304",
                    status -> new ApiResponse().description("The copy that `If-None-Match` names is still right"));
        }
        failures(path, method, operation)
                .forEach(status -> answers.putIfAbsent(String.valueOf(status), CommonAnswers.failure(status)));
    }

    /** A part of the path that the code does not look at is a parameter all the same. */
    private static void takesWholePath(String path, Operation operation) {
        Set<String> declared = operation.getParameters() == null
                ? Set.of()
                : operation.getParameters().stream().map(Parameter::getName).collect(Collectors.toSet());
        PATH_VARIABLE
                .matcher(path)
                .results()
                .map(variable -> variable.group(1))
                .filter(name -> !declared.contains(name))
                .forEach(name -> operation.addParametersItem(
                        new PathParameter().name(name).schema(new StringSchema())));
        if (operation.getParameters() != null) {
            operation.getParameters().stream()
                    .filter(parameter -> "path".equals(parameter.getIn()))
                    .forEach(Samples::describe);
        }
    }

    private static void takesHeaders(HttpMethod method, Operation operation) {
        if ((method == HttpMethod.POST || method == HttpMethod.PATCH) && !isOpen(operation)) {
            takes(
                    operation,
                    "Idempotency-Key",
                    "What the client calls this request by. A repeat with the same key is not carried out "
                            + "again within 24 hours, but answered as the first was, with Idempotency-Replayed: true.",
                    "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"");
        }
        if (method == HttpMethod.PUT || method == HttpMethod.PATCH) {
            takes(
                    operation,
                    "Prefer",
                    "return=minimal (RFC 7240) for 204 and no body where the answer would be 200",
                    "return=minimal");
        }
        if (method == HttpMethod.GET) {
            takes(
                    operation,
                    "If-None-Match",
                    "The `ETag` of a copy; 304 when it is still right",
                    "\"aGVsbG8gd29ybGQ\"");
        }
        if (isConditional(operation)) {
            takes(operation, "If-Match", "The `ETag` that the change is meant for; 412 when it is another", "*");
        }
    }

    private static void takes(Operation operation, String header, String description, String example) {
        operation.addParametersItem(new HeaderParameter()
                .name(header)
                .description(description)
                .example(example)
                .schema(new StringSchema()));
    }

    private static void answersWithLess(ApiResponses answers) {
        if (answers.containsKey("200") && !answers.containsKey("204")) {
            answers.addApiResponse("204", new ApiResponse().description("Done, as preferred"));
        }
    }

    /** What springdoc writes where nobody says more. */
    private static void describe(ApiResponse answer) {
        if (answer.getDescription() == null
                || Set.of("OK", "Created", "No Content").contains(answer.getDescription())) {
            answer.description("Done");
        }
    }

    private static void inAllForms(HttpMethod method, Operation operation, boolean isPatched, OpenAPI document) {
        operation.getResponses().values().forEach(answer -> {
            Content content = answer.getContent();
            MediaType json = content == null ? null : content.get(JSON);
            if (content != null && json != null) {
                Schema<?> schema = json.getSchema();
                content.addMediaType(XML, new MediaType().schema(schema));
                if (isList(schema, document)) {
                    FORMS_OF_LISTS.forEach(
                            form -> content.addMediaType(form, new MediaType().schema(new StringSchema())));
                }
            }
        });
        Content taken = operation.getRequestBody() == null
                ? null
                : operation.getRequestBody().getContent();
        MediaType json = taken == null ? null : taken.get(JSON);
        if (taken != null && json != null) {
            taken.addMediaType(XML, new MediaType().schema(json.getSchema()));
            if (method == HttpMethod.PATCH) {
                MediaType patch = new MediaType().schema(json.getSchema());
                taken.addMediaType("application/merge-patch+json", patch.example(json.getExample()));
            }
            if (isPatched) {
                taken.computeIfAbsent(JSON_PATCH, type -> new MediaType()).schema(CommonAnswers.jsonPatch());
            }
        }
    }

    private static boolean showsThing(PathItem item, OpenAPI document) {
        ApiResponse shown =
                item.getGet() == null ? null : item.getGet().getResponses().get("200");
        MediaType json = shown == null || shown.getContent() == null
                ? null
                : shown.getContent().get(JSON);
        return json != null && !isList(json.getSchema(), document);
    }

    /** An array, or a page of one. */
    private static boolean isList(Schema<?> schema, OpenAPI document) {
        Schema<?> meant = schema.get$ref() == null
                ? schema
                : document.getComponents().getSchemas().get(schema.get$ref().replaceFirst(".*/", ""));
        return meant != null
                && ("array".equals(meant.getType())
                        || meant.getTypes() != null && meant.getTypes().contains("array")
                        || meant.getProperties() != null
                                && meant.getProperties().containsKey("hasNextPage"));
    }

    private static void headers(String status, HttpMethod method, ApiResponse answer) {
        if (answer.get$ref() != null || status.compareTo("400") >= 0) {
            return;
        }
        List<String> names = new ArrayList<>(List.of("X-Request-Id", "RateLimit", "RateLimit-Policy"));
        if (status.startsWith("2")) {
            names.add("Link");
        }
        if (answer.getContent() != null) {
            names.addAll(List.of("Cache-Control", "Vary"));
            if (method == HttpMethod.GET || method == HttpMethod.PUT || method == HttpMethod.PATCH) {
                names.add("ETag");
            }
        }
        if (status.equals("201") || status.equals("202") || status.equals("303")) {
            names.add("Location");
        }
        if (method == HttpMethod.POST || method == HttpMethod.PATCH) {
            names.add("Idempotency-Replayed");
        }
        Map<String, ?> own = answer.getHeaders() == null ? Map.of() : answer.getHeaders();
        names.stream()
                .filter(name -> !own.containsKey(name))
                .forEach(name -> answer.addHeaderObject(name, CommonAnswers.header(name)));
    }

    private static Set<Integer> failures(String path, HttpMethod method, Operation operation) {
        Set<Integer> failures = new TreeSet<>(List.of(400, 429, 500, 503, 504));
        boolean isOpen = isOpen(operation);
        boolean changes = method != HttpMethod.GET;
        if (!isOpen) {
            failures.addAll(List.of(401, 403, 404));
        } else if (changes) {
            failures.add(401);
        }
        if (path.contains("{")) {
            failures.addAll(List.of(404, 405));
        }
        if (operation.getResponses().values().stream().anyMatch(answer -> answer.getContent() != null)) {
            failures.add(406);
        }
        if (operation.getRequestBody() != null) {
            failures.addAll(List.of(408, 413, 415, 422));
        }
        if (changes && !isOpen) {
            failures.add(409);
        }
        boolean asks = operation.getParameters() != null
                && operation.getParameters().stream().anyMatch(parameter -> "query".equals(parameter.getIn()));
        if (asks || (method == HttpMethod.POST || method == HttpMethod.PATCH) && !isOpen) {
            failures.add(422);
        }
        if (isConditional(operation)) {
            failures.add(412);
        }
        if (operation.getRequestBody() != null
                && operation.getRequestBody().getContent().containsKey(JSON_PATCH)) {
            failures.add(428);
        }
        return failures;
    }

    private static boolean isOpen(Operation operation) {
        return extension(operation, Rights.PERMISSION).equals(List.of(ANYBODY));
    }

    private static boolean isConditional(Operation operation) {
        return extension(operation, Rights.CONDITIONAL).equals(true);
    }

    private static Object extension(Operation operation, String name) {
        Object value = operation.getExtensions() == null
                ? null
                : operation.getExtensions().get(name);
        return value == null ? "" : value;
    }
}
