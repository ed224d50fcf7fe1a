package io.sluice.kit.doctor;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/** Tells what was found: a line each, or all of it as JSON. */
public final class Report {

    private final PrintStream out;
    private final boolean isJson;
    private final List<Finding> findings = new ArrayList<>();

    public Report(PrintStream out, boolean isJson) {
        this.out = out;
        this.isJson = isJson;
    }

    public void add(Finding finding) {
        findings.add(finding);
        if (isJson) {
            return;
        }
        out.printf("%-5s %s: %s%n", name(finding.level()), finding.check(), finding.text());
        if (finding.advice() != null) {
            out.println("      -> " + finding.advice());
        }
    }

    /** The last line. Answers with the exit code: 0 when nothing fails, 1 when something does. */
    public int end() {
        long wrong = count(Finding.Level.FAIL);
        long doubtful = count(Finding.Level.WARN);
        if (isJson) {
            List<Line> lines = findings.stream().map(Line::of).toList();
            out.println(JsonMapper.shared()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(new Whole(wrong == 0, lines)));
        } else {
            out.printf("%d looked at, %d to be watched, %d wrong.%n", findings.size(), doubtful, wrong);
        }
        return wrong == 0 ? 0 : 1;
    }

    private record Whole(boolean ok, List<Line> findings) {}

    private record Line(String check, String level, String text, String advice) {

        static Line of(Finding finding) {
            return new Line(
                    finding.check(),
                    name(finding.level()),
                    finding.text(),
                    finding.advice() == null ? "" : finding.advice());
        }
    }

    private long count(Finding.Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }

    private static String name(Finding.Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }
}
