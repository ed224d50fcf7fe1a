import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

/** The gateway with its routing and nothing else: no authentication, no limits, no request id, no access log. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(
        excludeName = {
            "io.sluice.kit.audit.AuditConfiguration",
            "io.sluice.kit.auth.SecurityConfiguration",
            "io.sluice.kit.client.ClientConfiguration",
            "io.sluice.kit.docs.DocsConfiguration",
            "io.sluice.kit.token.TokenConfiguration",
            "io.sluice.kit.web.WebConfiguration",
            "org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration"
        })
@ComponentScan("io.sluice.gateway.upstream")
public class BareGateway {

    public static void main(String[] arguments) {
        new SpringApplicationBuilder(BareGateway.class)
                .properties("spring.config.name=gateway")
                .run(arguments);
    }
}
