import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** A gateway that lets through who has a token, made of nothing but Spring; settings come on the command line. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class PlainGateway {

    public static void main(String[] arguments) {
        SpringApplication.run(PlainGateway.class, arguments);
    }
}
