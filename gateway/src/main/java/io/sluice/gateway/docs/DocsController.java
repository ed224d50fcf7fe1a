package io.sluice.gateway.docs;

import io.sluice.gateway.asset.Asset;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** The documentation, for everybody: a page, and what it shows. Nothing on the page comes from elsewhere. */
@RestController
@RequestMapping("/api/v1/docs")
class DocsController {

    /** Scripts and styles come from here only; Swagger UI draws its icons from data URLs and sets styles by itself. */
    private static final String ONLY_FROM_HERE =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
                    + "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final int RETRY_AFTER_SECONDS = 3;
    private static final Duration A_DAY = Duration.ofDays(1);

    private final PlatformDocument platform;
    private final PageFiles files;
    private final PublicUrl publicUrl;
    private final JsonMapper json;

    DocsController(PlatformDocument platform, PageFiles files, PublicUrl publicUrl, JsonMapper json) {
        this.platform = platform;
        this.files = files;
        this.publicUrl = publicUrl;
        this.json = json;
    }

    @GetMapping
    @OpenTo(Audience.ANYBODY)
    ResponseEntity<Resource> page() {
        return files.page()
                .reply(CacheControl.noCache())
                .header("Content-Security-Policy", ONLY_FROM_HERE)
                .body(files.page().content());
    }

    /** The links on the page start where it lies. */
    @GetMapping("/")
    @OpenTo(Audience.ANYBODY)
    ResponseEntity<Void> pageWithSlash(ServerHttpRequest request) {
        return ResponseEntity.status(HttpStatus.PERMANENT_REDIRECT)
                .header(HttpHeaders.LOCATION, publicUrl.api(request) + "/docs")
                .build();
    }

    @GetMapping("/openapi.json")
    @OpenTo(Audience.ANYBODY)
    Mono<ResponseEntity<byte[]>> document(ServerHttpRequest request) {
        return platform.get().map(document -> {
            if (document.isEmpty()) {
                throw Problem.unavailable(
                        "No part of the platform says at the moment what it answers", RETRY_AFTER_SECONDS);
            }
            String gate = publicUrl.gate(request);
            return ResponseEntity.ok()
                    .contentType(MediaType.APPLICATION_JSON)
                    .cacheControl(CacheControl.noCache())
                    .eTag(ETag.of(document.digest(), gate).value())
                    .body(document.servedBy(json.writeValueAsString(gate)).getBytes(StandardCharsets.UTF_8));
        });
    }

    @GetMapping("/{file}")
    @OpenTo(Audience.ANYBODY)
    ResponseEntity<Resource> file(@PathVariable String file) {
        Asset found = files.find(file).orElseThrow(() -> Problem.NOT_FOUND.with("Nothing at /api/v1/docs/" + file));
        return found.reply(CacheControl.maxAge(A_DAY).cachePublic()).body(found.content());
    }
}
