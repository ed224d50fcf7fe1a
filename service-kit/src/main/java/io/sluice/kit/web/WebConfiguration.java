package io.sluice.kit.web;

import io.sluice.kit.error.ProblemExceptionHandler;
import io.sluice.kit.time.ClockConfiguration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.http.codec.CodecCustomizer;
import org.springframework.boot.jackson.autoconfigure.JsonFactoryBuilderCustomizer;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** The HTTP edge that all services share. */
@AutoConfiguration
@Import(ClockConfiguration.class)
public class WebConfiguration {

    /** As deep as a body may nest: MongoDB keeps documents of at most 100 levels. */
    public static final int DEEPEST_BODY = 90;

    @Bean
    RequestId requestId() {
        return new RequestId();
    }

    @Bean
    RequestHead requestHead() {
        return new RequestHead();
    }

    @Bean
    RequestShape requestShape() {
        return new RequestShape();
    }

    @Bean
    AnyVersion anyVersion() {
        return new AnyVersion();
    }

    @Bean
    AllowedMethods allowedMethods() {
        return new AllowedMethods();
    }

    @Bean
    PublicUrl publicUrl(@Value("${sluice.public-url:}") String configured) {
        return new PublicUrl(configured);
    }

    @Bean
    ProblemExceptionHandler problemExceptionHandler(JsonMapper json) {
        return new ProblemExceptionHandler(json);
    }

    /** A field of the wrong type is refused with its name; it is not guessed at. */
    @Bean
    JsonMapperBuilderCustomizer strictJson() {
        return builder -> builder.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        textual -> textual.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
    }

    /**
     * Bounds what one body can cost before anybody has looked at it. A key that comes twice is refused (RFC 8259 §4 leaves
     * open which one counts, so what one reader has checked another would not see).
     */
    @Bean
    JsonFactoryBuilderCustomizer boundedJson() {
        return factory -> factory.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEEPEST_BODY)
                        .build());
    }

    /** JSON Lines are what lists are told in; a body is one JSON. */
    @Bean
    CodecCustomizer boundedBodies(JsonMapper json) {
        return codecs -> {
            codecs.defaultCodecs().maxInMemorySize(RequestShape.LARGEST_BODY);
            codecs.defaultCodecs()
                    .jacksonJsonDecoder(new JacksonJsonDecoder(
                            json, MediaType.APPLICATION_JSON, new MediaType("application", "*+json")));
        };
    }
}
