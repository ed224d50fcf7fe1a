package io.sluice.kit.auth;

import java.util.Map;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** Asks auth-service, which believes the token itself that whoever asks may know. */
class CredentialClient implements CredentialSource {

    static final String PATH = "/internal/credentials/status";

    private final WebClient authService;

    CredentialClient(WebClient authService) {
        this.authService = authService;
    }

    @Override
    public Mono<CredentialStatus> status(Caller caller) {
        return authService
                .post()
                .uri(PATH)
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .bodyValue(Map.of("sid", caller.credentialId(), "sub", caller.userId()))
                .retrieve()
                .bodyToMono(CredentialStatus.class);
    }
}
