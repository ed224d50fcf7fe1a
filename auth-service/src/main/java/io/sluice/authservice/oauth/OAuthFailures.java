package io.sluice.authservice.oauth;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Answers a refusal as RFC 6749 §5.2 wants it, with what all errors of the platform have besides. */
@RestControllerAdvice
class OAuthFailures {

    @ExceptionHandler
    ResponseEntity<Map<String, Object>> answer(OAuthFailure failure) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", failure.code().wireName());
        body.put("error_description", failure.description());
        body.put("status", failure.code().status());
        body.put("message", failure.description());
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(failure.code().status())
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore());
        if (failure.code() == OAuthFailure.Code.INVALID_CLIENT) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"sluice\", charset=\"UTF-8\"");
        }
        return answer.body(body);
    }
}
