package io.sluice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RestDocumentTests {

    private static final Path ROOT = Path.of("..");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Tests|Contract)|test_\\w+\\.py)`");

    @Test
    void namesOnlyTestsThatThereAre() throws IOException {
        Set<String> named = TEST.matcher(Files.readString(ROOT.resolve("docs/rest.md")))
                .results()
                .map(MatchResult::group)
                .map(name -> name.replace("`", ""))
                .collect(Collectors.toSet());

        assertThat(named).hasSizeGreaterThan(30);
        assertThat(tests()).containsAll(named);
    }

    private static Set<String> tests() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT);
                Stream<Path> journeys = Files.list(ROOT.resolve("compat"))) {
            Set<String> all = journeys.map(RestDocumentTests::name).collect(Collectors.toSet());
            for (Path sources :
                    modules.map(module -> module.resolve("src/test/java")).toList()) {
                if (Files.isDirectory(sources)) {
                    try (Stream<Path> tests = Files.walk(sources)) {
                        tests.map(RestDocumentTests::name).forEach(all::add);
                    }
                }
            }
            return all;
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }
}
