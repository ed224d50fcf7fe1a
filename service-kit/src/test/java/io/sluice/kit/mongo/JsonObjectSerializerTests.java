package io.sluice.kit.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonObjectSerializerTests {

    private static final JsonMapper JSON = new JsonMapper();

    private static final Map<String, @Nullable Object> MEMBERS = new LinkedHashMap<>();

    static {
        MEMBERS.put("text", "é\"\n");
        MEMBERS.put("a.b", 1);
        MEMBERS.put("$long", Long.MAX_VALUE);
        MEMBERS.put("double", 1.5e-7);
        MEMBERS.put("float", 1.5f);
        MEMBERS.put("integer", new BigInteger("123456789012345678901234567890"));
        MEMBERS.put("decimal", new BigDecimal("1.10"));
        MEMBERS.put("flag", true);
        MEMBERS.put("nothing", null);
        MEMBERS.put("date", new Date(1_700_000_000_123L));
        MEMBERS.put("list", Arrays.asList(1, null, List.of(), Map.of("k", "v")));
        MEMBERS.put("empty", Map.of());
    }

    private record View(String id, JsonObject metadata) {}

    private record Plain(String id, Map<String, @Nullable Object> metadata) {}

    @Test
    void writesTheSameAsForAMap() {
        assertThat(JSON.writeValueAsString(new View("1", new JsonObject(MEMBERS))))
                .isEqualTo(JSON.writeValueAsString(new Plain("1", MEMBERS)));
    }

    @Test
    void makesTheSameTreeAsOfAMap() {
        assertThat(JSON.<JsonNode>valueToTree(new View("1", new JsonObject(MEMBERS))))
                .isEqualTo(JSON.<JsonNode>valueToTree(new Plain("1", MEMBERS)));
    }
}
