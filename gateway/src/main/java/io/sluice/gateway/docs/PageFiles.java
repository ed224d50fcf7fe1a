package io.sluice.gateway.docs;

import io.sluice.gateway.asset.Asset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/** The files of the page: Swagger UI's own from its jar, and ours that starts it. Anything else is not there. */
@Component
class PageFiles {

    private static final String SWAGGER_UI = "classpath*:META-INF/resources/webjars/swagger-ui/*/";

    private final Asset page = Asset.read(Asset.HTML, new ClassPathResource("docs/index.html"));
    private final Map<String, Asset> files = Map.of(
            "start.js", Asset.read(Asset.SCRIPT, new ClassPathResource("docs/start.js")),
            "swagger-ui-bundle.js", Asset.read(Asset.SCRIPT, swaggerUi("swagger-ui-bundle.js")),
            "swagger-ui.css", Asset.read(Asset.STYLE, swaggerUi("swagger-ui.css")),
            "favicon-32x32.png", Asset.read(MediaType.IMAGE_PNG, swaggerUi("favicon-32x32.png")));

    Asset page() {
        return page;
    }

    Optional<Asset> find(String name) {
        return Optional.ofNullable(files.get(name));
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
}
