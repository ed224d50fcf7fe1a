package io.sluice.kit.docs;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.PathParameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/**
 * Says once what holds for every operation of every service: that it takes a bearer token, and that all failures are
 * problems. A service adds its own title by {@code @OpenAPIDefinition}; an operation that needs no token says so by an
 * empty {@code @SecurityRequirements}.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "springdoc.api-docs.enabled", matchIfMissing = true)
public class DocsConfiguration {

    private static final Pattern PATH_VARIABLE = Pattern.compile("\\{([^}]+)}");
    private static final String BEARER = "bearer";
    private static final String PROBLEM = "Problem";
    private static final String PROBLEM_JSON = "application/problem+json";

    @Bean
    GlobalOpenApiCustomizer commonToAllOperations(@Value("${spring.application.name}") String service) {
        return document -> describe(document, service);
    }

    private static void describe(OpenAPI document, String service) {
        if (document.getInfo() == null
                || "OpenAPI definition".equals(document.getInfo().getTitle())) {
            document.info(new Info().title("Sluice: " + service).version("v1"));
        }
        if (document.getComponents() == null) {
            document.components(new Components());
        }
        document.getComponents()
                .addSecuritySchemes(
                        BEARER,
                        new SecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme(BEARER)
                                .bearerFormat("JWT"))
                .addSchemas(PROBLEM, problem())
                .addResponses(
                        PROBLEM,
                        new ApiResponse()
                                .description("A failure (RFC 9457)")
                                .content(new Content()
                                        .addMediaType(
                                                PROBLEM_JSON,
                                                new MediaType()
                                                        .schema(new Schema<>()
                                                                .$ref("#/components/schemas/" + PROBLEM)))));
        document.security(List.of(new SecurityRequirement().addList(BEARER)));
        if (document.getPaths() != null) {
            document.getPaths()
                    .forEach((path, item) -> item.readOperationsMap().forEach((method, operation) -> {
                        failsWithProblems(operation);
                        takesWholePath(path, operation);
                        if (method == PathItem.HttpMethod.POST || method == PathItem.HttpMethod.PATCH) {
                            takesKey(operation);
                        }
                        if (method == PathItem.HttpMethod.PUT || method == PathItem.HttpMethod.PATCH) {
                            answersWithLess(operation);
                        }
                    }));
        }
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
    }

    /** Where nobody is signed in, nobody has keys. */
    private static void takesKey(Operation operation) {
        if (operation.getSecurity() == null || !operation.getSecurity().isEmpty()) {
            operation.addParametersItem(new HeaderParameter()
                    .name("Idempotency-Key")
                    .description("What the client calls this request by. A repeat with the same key is not carried out "
                            + "again within 24 hours, but answered as the first was, with Idempotency-Replayed: true.")
                    .example("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"")
                    .schema(new StringSchema().minLength(1)));
        }
    }

    private static void answersWithLess(Operation operation) {
        operation.addParametersItem(new HeaderParameter()
                .name("Prefer")
                .description("return=minimal (RFC 7240) for 204 and no body where the answer would be 200")
                .example("return=minimal")
                .schema(new StringSchema()));
        if (operation.getResponses().containsKey("200")
                && !operation.getResponses().containsKey("204")) {
            operation.getResponses().addApiResponse("204", new ApiResponse().description("Done, as preferred"));
        }
    }

    private static void failsWithProblems(Operation operation) {
        if (operation.getResponses() == null) {
            operation.responses(new ApiResponses());
        }
        operation.getResponses().addApiResponse("default", new ApiResponse().$ref("#/components/responses/" + PROBLEM));
    }

    private static Schema<?> problem() {
        return new ObjectSchema()
                .addProperty("type", text("Which kind of problem: /problems/<code>"))
                .addProperty("title", text("The kind of problem in words"))
                .addProperty("status", new IntegerSchema().description("The HTTP status"))
                .addProperty("detail", text("What was wrong this time, for people"))
                .addProperty("message", text("The same as detail, where the SDK looks for it"))
                .addProperty("instance", text("The path of the request"))
                .addProperty(
                        "errors",
                        new ArraySchema()
                                .items(new ObjectSchema()
                                        .addProperty("field", text("Where in the request"))
                                        .addProperty("message", text("What would be right")))
                                .description("Every field that is wrong, where fields are"))
                .required(List.of("type", "title", "status", "message"));
    }

    private static Schema<?> text(String description) {
        return new StringSchema().description(description);
    }
}
