package io.sluice.gateway.docs;

import io.sluice.kit.web.ETag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/** The files of the page: Swagger UI's own from its jar, and ours that starts it. Read once; anything else is not there. */
@Component
class PageFiles {

    private static final String SWAGGER_UI = "classpath*:META-INF/resources/webjars/swagger-ui/*/";

    private final Resource page = read(new ClassPathResource("docs/index.html"));
    private final Map<String, PageFile> files = new HashMap<>();

    /**
     * One file.
     *
     * @param content in memory
     * @param tag by its content
     */
    record PageFile(MediaType type, Resource content, ETag tag) {}

    PageFiles() {
        MediaType script = MediaType.parseMediaType("text/javascript;charset=UTF-8");
        add("start.js", script, new ClassPathResource("docs/start.js"));
        add("swagger-ui-bundle.js", script, swaggerUi("swagger-ui-bundle.js"));
        add("swagger-ui.css", MediaType.parseMediaType("text/css;charset=UTF-8"), swaggerUi("swagger-ui.css"));
        add("favicon-32x32.png", MediaType.IMAGE_PNG, swaggerUi("favicon-32x32.png"));
    }

    Resource page() {
        return page;
    }

    Optional<PageFile> find(String name) {
        return Optional.ofNullable(files.get(name));
    }

    private void add(String name, MediaType type, Resource file) {
        ByteArrayResource content = read(file);
        files.put(
                name,
                new PageFile(type, content, ETag.of(new String(content.getByteArray(), StandardCharsets.ISO_8859_1))));
    }

    private static Resource swaggerUi(String name) {
        try {
            Resource[] found = new PathMatchingResourcePatternResolver().getResources(SWAGGER_UI + name);
            if (found.length == 0) {
                throw new IllegalStateException("Swagger UI is not on the class path: no " + name);
            }
            return found[0];
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static ByteArrayResource read(Resource file) {
        try {
            return new ByteArrayResource(file.getContentAsByteArray());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
