package io.sluice.itemservice.command;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says in the API document what {@link CommandAnswers} answers. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Parameter(
        in = ParameterIn.HEADER,
        name = "Prefer",
        description = "respond-async (RFC 7240): answer before anything is done",
        example = "respond-async",
        schema = @Schema(type = "string"))
@ApiResponse(
        responseCode = "200",
        description = "Done",
        content = @Content(schema = @Schema(implementation = CommandView.class)))
@ApiResponse(
        responseCode = "202",
        description = "Accepted; Location is where to look",
        content = @Content(schema = @Schema(implementation = CommandView.class)))
public @interface AnsweredByCommand {}
