package io.sluice.authservice.user;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.json.JsonTest;
import org.springframework.boot.test.json.JacksonTester;

@JsonTest(properties = "spring.config.name=auth-service")
class UserJsonTests {

    @Autowired
    private JacksonTester<UserView> json;

    @Test
    void looksAsInThePublishedApi() throws Exception {
        Instant created = Instant.ofEpochMilli(1_790_000_000_000L);
        User user = User.of("Me@Example.org", "Me", "", "hash", created);

        assertThat(json.write(UserView.of(user))).isStrictlyEqualToJson("""
                {"id":"me@example.org","email":"me@example.org","username":"me@example.org","firstName":"Me",
                 "lastName":"","type":"user","avatar":"","projects":[],"groups":[],"orgs":[],"roles":["user"],"disabled":false,
                 "createdAt":1790000000000,"updatedAt":1790000000000}
                """);
    }
}
