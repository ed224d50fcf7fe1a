package io.sluice.kit.limit;

import io.sluice.kit.auth.TokenVerifier;
import io.sluice.kit.paging.Page;
import io.sluice.kit.web.RequestShape;
import io.sluice.kit.web.WebConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The bounds that all services share, and where a service tells its own. */
@AutoConfiguration(afterName = "io.sluice.kit.token.TokenConfiguration")
public class LimitsConfiguration {

    @Bean
    Limits limitsOfEveryRequest() {
        return Limits.of(
                Limit.bytes(
                        "body",
                        RequestShape.LARGEST_BODY,
                        "The body of a request that is read whole; the bytes of uploaded files are streamed and have no such limit"),
                Limit.levels("body-depth", WebConfiguration.DEEPEST_BODY, "How deep JSON in a body may nest"),
                Limit.characters("token", TokenVerifier.LONGEST_TOKEN, "A bearer token"));
    }

    @Bean
    Limits limitsOfEveryPage() {
        return Limits.of(
                Limit.entries(
                        "page-size",
                        Page.LARGEST_SIZE,
                        "The entries of one page; a query that asks for more gets these"),
                Limit.entries(
                        "page-size-default",
                        Page.DEFAULT_SIZE,
                        "The entries of one page when the request does not say how many"));
    }

    /** A service that has keys of its own is one that the gateway asks; the gateway itself tells all of them outside. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(type = "io.sluice.kit.token.ServiceTokens")
    @Import(LimitsOfServiceController.class)
    static class OfService {}
}
