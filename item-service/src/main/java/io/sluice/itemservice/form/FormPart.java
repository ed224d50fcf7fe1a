package io.sluice.itemservice.form;

import io.sluice.kit.error.Problem;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.MediaType;
import org.springframework.util.LinkedCaseInsensitiveMap;

/**
 * What the headers of a part say (RFC 7578 §4).
 *
 * @param name the name of the field
 * @param charset of a text; UTF-8 when the part does not say
 */
public record FormPart(String name, Charset charset) {

    private static final String DISPOSITION = "Content-Disposition";
    private static final String TYPE = "Content-Type";

    /** @param headers the lines before the content, without the empty one */
    static FormPart of(String headers) {
        LinkedCaseInsensitiveMap<String> values = new LinkedCaseInsensitiveMap<>();
        headers.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw Problem.MALFORMED_REQUEST.with("A part of the form has a header without a name");
            }
            values.put(
                    line.substring(0, colon).strip(), line.substring(colon + 1).strip());
        });
        return new FormPart(name(values.get(DISPOSITION)), charset(values.get(TYPE)));
    }

    private static String name(@Nullable String disposition) {
        try {
            return Optional.ofNullable(disposition)
                    .map(ContentDisposition::parse)
                    .map(ContentDisposition::getName)
                    .orElseThrow(FormPart::withoutName);
        } catch (IllegalArgumentException notADisposition) {
            throw withoutName();
        }
    }

    private static RuntimeException withoutName() {
        return Problem.MALFORMED_REQUEST.with(
                "A part of the form has no name; Content-Disposition: form-data; name=\"file\" is one");
    }

    private static Charset charset(@Nullable String type) {
        try {
            return Optional.ofNullable(type)
                    .map(MediaType::parseMediaType)
                    .map(MediaType::getCharset)
                    .orElse(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException unknown) {
            throw Problem.MALFORMED_REQUEST.with("A part of the form has a Content-Type that is none: " + type);
        }
    }
}
