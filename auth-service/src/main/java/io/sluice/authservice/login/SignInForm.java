package io.sluice.authservice.login;

import io.sluice.authservice.password.PasswordHashing;
import io.sluice.authservice.session.SignIn;
import io.sluice.authservice.user.User;
import io.sluice.kit.audit.Recording;
import io.sluice.kit.error.Problem;
import java.util.function.BiFunction;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;

/** What a {@link SignInPage} sends, and what is answered when that is wrong. */
public final class SignInForm {

    /** For a form without a good {@link FormProof}. */
    public static final String STALE =
            "This page was open for too long, or cookies are switched off. Please try again.";

    private static final int LONGEST_USERNAME = 254;

    private SignInForm() {}

    /** The value of a field; empty when it is not there. */
    public static String text(MultiValueMap<String, String> form, String field) {
        String value = form.getFirst(field);
        return value == null ? "" : value;
    }

    /** Who has sent it; fails as {@link SignIn#user} does. */
    public static Mono<User> user(MultiValueMap<String, String> form, SignIn signIn, String address) {
        String username = text(form, "username").strip();
        String password = text(form, "password");
        if (username.isEmpty()
                || username.length() > LONGEST_USERNAME
                || password.isEmpty()
                || password.length() > PasswordHashing.LONGEST) {
            return Mono.error(() -> Problem.UNAUTHENTICATED.with("Wrong user name or password"));
        }
        return Recording.by(User.idOf(username)).then(signIn.user(username, password, address));
    }

    /**
     * The page again, saying why; other failures go on.
     *
     * @param page from a message and a status
     */
    public static Mono<ResponseEntity<String>> refused(
            ErrorResponseException failure, BiFunction<String, HttpStatusCode, ResponseEntity<String>> page) {
        int status = failure.getStatusCode().value();
        String message = failure.getBody().getDetail();
        boolean isAboutThePassword =
                status == Problem.UNAUTHENTICATED.status() || status == Problem.TOO_MANY_REQUESTS.status();
        if (!isAboutThePassword || message == null) {
            return Mono.error(failure);
        }
        ResponseEntity<String> shown = page.apply(message, failure.getStatusCode());
        return Mono.just(ResponseEntity.status(shown.getStatusCode())
                .headers(headers -> {
                    headers.putAll(shown.getHeaders());
                    failure.getHeaders().forEach(headers::put);
                })
                .body(shown.getBody()));
    }
}
