package io.sluice.itemservice.item;

import org.springframework.http.HttpHeaders;

/** What a user uploaded must never run as a page of ours, whatever a browser takes it for. */
final class Unrunnable {

    private Unrunnable() {}

    static void say(HttpHeaders headers) {
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Content-Security-Policy", "sandbox; default-src 'none'");
    }
}
