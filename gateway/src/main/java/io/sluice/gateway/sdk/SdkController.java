package io.sluice.gateway.sdk;

import io.sluice.gateway.asset.Asset;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The client and its sample page, for everybody: what they show, they ask for with the token of whoever signs in. */
@RestController
@RequestMapping("/sdk")
class SdkController {

    /** The page may run and ask nothing but what lies here, and no string ever becomes markup or code on it. */
    private static final String ONLY_FROM_HERE =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
                    + "require-trusted-types-for 'script'; trusted-types 'none'";

    /** Kept by any cache, and asked for each time: page and client must be of one version. */
    private static final CacheControl CACHING = CacheControl.noCache().cachePublic();

    private final Asset page = Asset.read(Asset.HTML, new ClassPathResource("sdk/index.html"));
    private final Map<String, Asset> files = Map.of(
            "sluice.js", asset(Asset.SCRIPT, "sluice.js"),
            "sluice.d.ts", asset(MediaType.parseMediaType("application/typescript;charset=UTF-8"), "sluice.d.ts"),
            "sample.js", asset(Asset.SCRIPT, "sample.js"),
            "sample.css", asset(Asset.STYLE, "sample.css"));

    @GetMapping("/")
    @OpenTo(Audience.ANYBODY)
    ResponseEntity<Resource> page() {
        return page.reply(CACHING)
                .header("Content-Security-Policy", ONLY_FROM_HERE)
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .body(page.content());
    }

    /** The links on the page start where it lies. Relative, so that no cache learns an address that a client made up. */
    @GetMapping
    @OpenTo(Audience.ANYBODY)
    ResponseEntity<Void> pageWithoutSlash() {
        return ResponseEntity.status(HttpStatus.PERMANENT_REDIRECT)
                .header(HttpHeaders.LOCATION, "sdk/")
                .build();
    }

    @GetMapping("/{file}")
    @OpenTo(Audience.ANYBODY)
    ResponseEntity<Resource> file(@PathVariable String file) {
        Asset found = files.get(file);
        if (found == null) {
            throw Problem.NOT_FOUND.with("Nothing at /sdk/" + file);
        }
        return found.reply(CACHING).body(found.content());
    }

    private static Asset asset(MediaType type, String name) {
        return Asset.read(type, new ClassPathResource("sdk/" + name));
    }
}
