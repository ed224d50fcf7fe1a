package io.sluice.cli.console;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON, read as it is. */
public final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** @throws JacksonException when it is none */
    public static JsonNode read(String text) {
        return MAPPER.readTree(text);
    }

    /** @throws JacksonException when it is none */
    public static JsonNode read(byte[] text) {
        return MAPPER.readTree(text);
    }

    /** On one line. */
    public static String write(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }
}
