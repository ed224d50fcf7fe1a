package io.sluice.kit.representation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The rows of a list, as lines of JSON or as CSV (RFC 4180): the entries of an array or of a page; of anything else there
 * is one row, itself.
 *
 * <p>A member of a row is a column, one of an object in it a column {@code outer.inner}; a list is a cell of JSON. Where that
 * makes too many columns, objects are cells of JSON, too. Null and what is not there are empty cells, an empty text is
 * {@code ""}.
 */
final class Rows {

    /** More than anybody looks at side by side; as many as keys that nobody has bounded could make. */
    static final int MOST_COLUMNS = 500;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final String LINE_END = "\r\n";

    private Rows() {}

    /** One row a line, each a JSON of its own. */
    static byte[] asLines(byte[] json) {
        return bytes(of(json).stream().map(row -> row + "\n").collect(Collectors.joining()));
    }

    /** A line of the columns' names, then one row a line. */
    static byte[] asCsv(byte[] json) {
        List<JsonNode> rows = of(json);
        List<Map<String, String>> table = cells(rows, true);
        if (columns(table).size() > MOST_COLUMNS) {
            table = cells(rows, false);
        }
        Set<String> columns = columns(table);
        StringBuilder csv = new StringBuilder();
        csv.append(columns.stream().map(Rows::text).collect(Collectors.joining(",", "", LINE_END)));
        for (Map<String, String> row : table) {
            csv.append(columns.stream()
                    .map(column -> row.getOrDefault(column, ""))
                    .collect(Collectors.joining(",", "", LINE_END)));
        }
        return bytes(csv.toString());
    }

    /** The names of columns that are known beforehand. */
    static byte[] csvHead(List<String> columns) {
        return bytes(columns.stream().map(Rows::text).collect(Collectors.joining(",", "", LINE_END)));
    }

    /** The cells of one row for columns that are known beforehand; objects are cells of JSON. */
    static byte[] csvRow(byte[] json, List<String> columns) {
        JsonNode row = JSON.readTree(json);
        return bytes(columns.stream()
                .map(column -> row.has(column) ? cell(row.get(column)) : "")
                .collect(Collectors.joining(",", "", LINE_END)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<JsonNode> of(byte[] json) {
        JsonNode whole = JSON.readTree(json);
        JsonNode page = whole.path("items");
        JsonNode list = page.isArray() && whole.has("hasNextPage") ? page : whole;
        List<JsonNode> rows = new ArrayList<>();
        if (list.isArray()) {
            list.forEach(rows::add);
        } else {
            rows.add(list);
        }
        return rows;
    }

    private static Set<String> columns(List<Map<String, String>> table) {
        Set<String> columns = new LinkedHashSet<>();
        table.forEach(row -> columns.addAll(row.keySet()));
        return columns;
    }

    private static List<Map<String, String>> cells(List<JsonNode> rows, boolean isDeep) {
        List<Map<String, String>> table = new ArrayList<>();
        for (JsonNode row : rows) {
            Map<String, String> cells = new LinkedHashMap<>();
            if (row.isObject()) {
                row.forEachEntry((key, value) -> put(cells, spelled(key), value, isDeep));
            } else {
                cells.put("value", cell(row));
            }
            table.add(cells);
        }
        return table;
    }

    private static void put(Map<String, String> cells, String column, JsonNode value, boolean isDeep) {
        if (isDeep && value.isObject() && !value.isEmpty()) {
            value.forEachEntry((key, member) -> put(cells, column + "." + spelled(key), member, true));
        } else {
            cells.put(column, cell(value));
        }
    }

    /** A dot of its own must not look like one that leads into an object (as in RFC 6901, for slashes). */
    private static String spelled(String key) {
        return key.replace("~", "~0").replace(".", "~1");
    }

    private static String cell(JsonNode value) {
        if (value.isNull()) {
            return "";
        }
        return value.isNumber() || value.isBoolean()
                ? value.toString()
                : text(value.isString() ? value.stringValue() : value.toString());
    }

    /** An apostrophe keeps spreadsheets from taking a text for a formula. */
    private static String text(String text) {
        boolean isFormula = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
        String harmless = isFormula ? "'" + text : text;
        boolean isPlain =
                !harmless.isEmpty() && harmless.chars().noneMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r');
        return isPlain ? harmless : '"' + harmless.replace("\"", "\"\"") + '"';
    }
}
