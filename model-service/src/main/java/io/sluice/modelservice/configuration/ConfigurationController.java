package io.sluice.modelservice.configuration;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.DigestUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What a model's configuration may say. */
@RestController
@Tag(name = "Models")
class ConfigurationController {

    /** Another version of the platform may have another one. */
    private static final CacheControl CACHED =
            CacheControl.maxAge(Duration.ofMinutes(5)).cachePrivate();

    private static final byte[] SCHEMA = ConfigurationSchema.document();
    private static final String ETAG = '"' + DigestUtils.md5DigestAsHex(SCHEMA) + '"';

    @GetMapping("/api/v1/ml/models/configuration/schema")
    @Operation(
            summary = "What a model's configuration may say",
            description = "As JSON Schema 2020-12. What is not as it says is refused when a model is saved.")
    @ApiResponse(
            responseCode = "200",
            description = "The schema",
            content = @Content(mediaType = "application/schema+json", schema = @Schema(type = "object")))
    @OpenTo(Audience.SIGNED_IN)
    Mono<ResponseEntity<byte[]>> schema() {
        return Mono.just(ResponseEntity.ok()
                .contentType(MediaType.valueOf("application/schema+json"))
                .cacheControl(CACHED)
                .eTag(ETAG)
                .body(SCHEMA));
    }
}
