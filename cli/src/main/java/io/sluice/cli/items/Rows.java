package io.sluice.cli.items;

import io.sluice.cli.console.Amounts;
import io.sluice.cli.console.Json;
import java.io.PrintStream;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Results, a line each, for people or for programs. */
final class Rows {

    private final PrintStream out;
    private final boolean isJson;
    private boolean hasHead;

    Rows(PrintStream out, boolean isJson) {
        this.out = out;
        this.isJson = isJson;
    }

    void item(JsonNode item) {
        boolean isDirectory = item.path("type").asString("").equals("dir");
        JsonNode system = item.path("metadata").path("system");
        row(
                item,
                "%9s  %-24s  %s",
                new String[] {"SIZE", "TYPE", "PATH"},
                isDirectory ? "-" : Amounts.bytes(system.path("size").asDouble(0)),
                isDirectory ? "directory" : system.path("mimetype").asString("-"),
                shown(item.path("filename").asString("")) + (isDirectory ? "/" : ""));
    }

    void project(JsonNode project) {
        row(
                project,
                "%-24s  %s",
                new String[] {"ID", "PROJECT"},
                project.path("id").asString(""),
                shown(project.path("name").asString("")));
    }

    void dataset(JsonNode dataset) {
        row(
                dataset,
                "%-24s  %12s  %s",
                new String[] {"ID", "ITEMS", "DATASET"},
                dataset.path("id").asString(""),
                Amounts.count(dataset.path("itemsCount").asLong(0)),
                shown(dataset.path("name").asString("")));
    }

    private void row(JsonNode whole, String format, String[] head, String... cells) {
        if (isJson) {
            out.println(Json.write(whole));
            return;
        }
        if (!hasHead) {
            hasHead = true;
            out.println(line(format, head));
        }
        out.println(line(format, cells));
    }

    private static String line(String format, String[] cells) {
        return String.format(Locale.ROOT, format, (Object[]) cells);
    }

    /** A name must not move the cursor of whoever looks at it. */
    static String shown(String name) {
        StringBuilder shown = new StringBuilder(name.length());
        name.codePoints().forEach(character -> {
            if (Character.isISOControl(character)) {
                shown.append('?');
            } else {
                shown.appendCodePoint(character);
            }
        });
        return shown.toString();
    }
}
