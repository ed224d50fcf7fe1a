package io.sluice.authservice.login;

import io.sluice.authservice.secret.Secret;
import java.net.URI;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.util.HtmlUtils;

/**
 * A form for name and password: no script, nothing from elsewhere, readable on a phone and by a screen reader.
 *
 * @param program what one signs in to, for people
 * @param action where the form goes
 * @param destination where people are sent in the end: the page may send them nowhere else
 * @param hidden what the form has to say again
 * @param message what went wrong; null at first
 */
public record SignInPage(
        String program,
        String action,
        URI destination,
        Map<String, String> hidden,
        @Nullable String message) {

    private static final String HTML = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sign in to Sluice</title>
            <style nonce="%s">
            :root { color-scheme: light dark; }
            body { font: 1rem/1.5 system-ui, sans-serif; max-width: 22rem; margin: 12vh auto; padding: 0 1rem; }
            label { display: block; margin-top: 1rem; }
            input, button { font: inherit; width: 100%%; box-sizing: border-box; padding: .6rem; }
            button { margin-top: 1.5rem; cursor: pointer; }
            [role=alert] { border-left: .3rem solid #c00; padding-left: .7rem; }
            </style>
            </head>
            <body>
            <main>
            <h1>Sign in to Sluice</h1>
            <p>You sign in for <strong>%s</strong>.</p>
            %s<form method="post" action="%s">
            %s
            <label for="username">E-mail address</label>
            <input id="username" name="username" type="email" autocomplete="username" required autofocus maxlength="254">
            <label for="password">Password</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="256">
            <button type="submit">Sign in</button>
            </form>
            </main>
            </body>
            </html>
            """;

    /** The page as an answer that no cache keeps, no frame shows and no script of anybody's runs in. */
    public ResponseEntity<String> reply(HttpStatusCode status) {
        String nonce = Secret.random().value();
        return ResponseEntity.status(status)
                .contentType(MediaType.parseMediaType("text/html;charset=UTF-8"))
                .cacheControl(CacheControl.noStore())
                .header("Content-Security-Policy", policy(nonce))
                .header("Referrer-Policy", "no-referrer")
                .body(html(nonce));
    }

    private String html(String nonce) {
        String alert = message == null ? "" : "<p role=\"alert\">" + HtmlUtils.htmlEscape(message) + "</p>\n";
        String fields = hidden.entrySet().stream()
                .map(field -> "<input type=\"hidden\" name=\"%s\" value=\"%s\">"
                        .formatted(HtmlUtils.htmlEscape(field.getKey()), HtmlUtils.htmlEscape(field.getValue())))
                .collect(Collectors.joining("\n"));
        return HTML.formatted(nonce, HtmlUtils.htmlEscape(program), alert, HtmlUtils.htmlEscape(action), fields);
    }

    /** Browsers apply {@code form-action} to where the form's answer redirects, too. */
    private String policy(String nonce) {
        return "default-src 'none'; style-src 'nonce-%s'; form-action 'self' %s; frame-ancestors 'none'; base-uri 'none'"
                .formatted(nonce, origin(destination));
    }

    /** A policy cannot name an IPv6 address, nor a host where a program's own scheme has none. */
    private static String origin(URI address) {
        return address.getHost() == null || address.getHost().startsWith("[")
                ? address.getScheme() + ":"
                : address.getScheme() + "://" + address.getRawAuthority();
    }
}
