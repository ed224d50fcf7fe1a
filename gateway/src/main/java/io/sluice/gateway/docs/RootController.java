package io.sluice.gateway.docs;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * Where a client begins that knows one address only: everything there is, by name. It is made of the services' own
 * OpenAPI documents, so nothing that is documented can be missing.
 */
@RestController
class RootController {

    private static final List<String> READ = List.of("GET");

    private final PlatformDocument platform;
    private final PublicUrl publicUrl;

    RootController(PlatformDocument platform, PublicUrl publicUrl) {
        this.platform = platform;
        this.publicUrl = publicUrl;
    }

    /**
     * One link.
     *
     * @param href absolute; a template (RFC 6570) when {@code templated}
     * @param methods what it answers, beside {@code HEAD} where there is {@code GET}, and {@code OPTIONS}
     */
    record RootLink(String href, boolean templated, List<String> methods) {

        static RootLink to(String href, List<String> methods) {
            return new RootLink(href, href.contains("{"), methods);
        }
    }

    @GetMapping("/api/v1")
    @OpenTo(Audience.ANYBODY)
    Mono<ResponseEntity<Map<String, RootLink>>> root(ServerHttpRequest request) {
        String gate = publicUrl.gate(request);
        String api = publicUrl.api(request);
        return platform.get()
                .map(document -> ResponseEntity.ok()
                        .eTag(ETag.of(document.digest(), gate).value())
                        // What is listed depends on the address that the client used, and on which services answer.
                        .cacheControl(CacheControl.noCache())
                        .body(links(gate, api, document.paths())));
    }

    private static Map<String, RootLink> links(String gate, String api, List<ListedPath> paths) {
        Map<String, RootLink> links = new LinkedHashMap<>();
        links.put("self", RootLink.to(api, READ));
        links.put("describedby", RootLink.to(api + "/docs/openapi.json", READ));
        links.put("documentation", RootLink.to(api + "/docs", READ));
        links.put("client", RootLink.to(gate + "/sdk/sluice.js", READ));
        links.put("sign-in", RootLink.to(gate + "/token", List.of("POST")));
        links.put("discovery", RootLink.to(gate + "/.well-known/openid-configuration", READ));
        links.put("health", RootLink.to(gate + "/health", READ));
        links.put("limits", RootLink.to(api + "/limits", READ));
        paths.forEach(path -> links.putIfAbsent(path.name(), RootLink.to(gate + path.template(), path.methods())));
        return links;
    }
}
