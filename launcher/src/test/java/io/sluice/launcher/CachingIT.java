package io.sluice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Role;
import io.sluice.kit.testing.Operation;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.HttpMethod;

/**
 * Walks everything that can be read on the running platform as a cache sees it: each answer says whether it may be kept, and
 * nothing of one user reaches another, whatever the other asks with.
 */
@Timeout(300)
class CachingIT {

    private static final String OWNER = "owner-of-things";
    private static final String OTHER = "owner-of-others";
    private static final String STRANGER = "without-anything";
    private static final String NOBODY = "nobody";

    /** Each read once. */
    private static final List<Operation> READS = Operation.below("io.sluice").stream()
            .filter(Operation::isPublicPath)
            .filter(operation -> operation.method().equals(HttpMethod.GET))
            .collect(LinkedHashMap<String, Operation>::new, (all, one) -> all.putIfAbsent(one.name(), one), Map::putAll)
            .values()
            .stream()
            .toList();

    private static final List<String> IDS =
            List.of("projectId", "datasetId", "itemId", "directoryId", "recipeId", "ontologyId", "botId");

    @TempDir
    Path temporary;

    private final List<String> wrong = new ArrayList<>();

    @Test
    void everyReadSaysWhoMayKeepItAndReachesNobodyElse() throws Exception {
        try (RunningPlatform platform = RunningPlatform.in(temporary)) {
            Map<String, String> own = platform.things();
            Map<String, String> others = platform.things();
            platform.joinProject(OWNER, Role.OWNER, own);
            platform.joinProject(OTHER, Role.OWNER, others);
            Map<String, HttpResponse<String>> seen = new HashMap<>();
            for (Operation read : READS) {
                HttpResponse<String> answer = ask(platform, OWNER, read, own);
                seen.put(read.name(), answer);
                mustSayWhoMayKeepIt(read, answer);
                mustTellWhoHasIt(platform, read, answer, own);
            }
            for (Operation read : READS) {
                for (String person : List.of(OTHER, STRANGER, NOBODY)) {
                    mustReachNobodyElse(platform, person, read, own, Objects.requireNonNull(seen.get(read.name())));
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(READS).hasSizeGreaterThan(30);
    }

    private void mustSayWhoMayKeepIt(Operation read, HttpResponse<String> answer) {
        String control = header(answer, "cache-control");
        if (answer.statusCode() >= 500) {
            wrong.add(read.name() + " fails: " + answer.body());
        }
        if (control.isEmpty()) {
            wrong.add(read.name() + " does not say whether it may be kept");
        }
        boolean isForAll = read.audience() == Audience.ANYBODY;
        if (!isForAll && !control.contains("private") && !control.contains("no-store")) {
            wrong.add(read.name() + " lets a shared cache keep it: " + control);
        }
        boolean isToBeAskedAbout = answer.statusCode() == 200
                && header(answer, "content-type").startsWith("application/json")
                && !control.contains("no-store");
        if (isToBeAskedAbout && header(answer, "etag").isEmpty()) {
            wrong.add(read.name() + " has no tag");
        }
    }

    /** The second read costs nothing but the question. */
    private void mustTellWhoHasIt(
            RunningPlatform platform, Operation read, HttpResponse<String> answer, Map<String, String> things) {
        String tag = header(answer, "etag");
        if (tag.isEmpty()) {
            return;
        }
        HttpResponse<String> again = ask(platform, OWNER, read, things, "If-None-Match", tag);
        if (again.statusCode() != 304
                || !again.body().isEmpty()
                || !header(again, "etag").equals(tag)) {
            wrong.add(read.name() + " is sent again to who has it: " + again.statusCode());
        }
        HttpResponse<String> head = platform.read(OWNER, HttpMethod.HEAD, read, things);
        if (head.statusCode() != 200 || !header(head, "etag").equals(tag)) {
            wrong.add("HEAD of " + read.name() + " says something else: " + head.statusCode());
        }
    }

    /** Whatever somebody else asks with, the answer is the one that they would get had the owner never asked. */
    private void mustReachNobodyElse(
            RunningPlatform platform,
            String person,
            Operation read,
            Map<String, String> things,
            HttpResponse<String> owners) {
        HttpResponse<String> plain = ask(platform, person, read, things);
        if (person.equals(NOBODY) && read.audience() != Audience.ANYBODY && plain.statusCode() != 401) {
            wrong.add("Nobody is answered " + read.name());
        }
        List<HttpResponse<String>> answers = new ArrayList<>(List.of(
                plain,
                ask(platform, person, read, things, "If-None-Match", "*"),
                ask(platform, person, read, things, "Cache-Control", "only-if-cached")));
        String tag = header(owners, "etag");
        if (!tag.isEmpty()) {
            answers.add(ask(platform, person, read, things, "If-None-Match", tag));
        }
        for (HttpResponse<String> answer : answers) {
            boolean isSame = answer.statusCode() == plain.statusCode() || answer.statusCode() == 504;
            if (plain.statusCode() != 200 && !isSame) {
                wrong.add("%s learns %d by a condition of %s".formatted(person, answer.statusCode(), read.name()));
            }
            if (answer.statusCode() == 304 && !header(answer, "etag").equals(header(plain, "etag"))) {
                wrong.add("%s is told of another's %s".formatted(person, read.name()));
            }
            // A refusal may name what was asked for.
            if (answer.statusCode() < 400
                    && IDS.stream().anyMatch(id -> answer.body().contains(String.valueOf(things.get(id))))) {
                wrong.add("%s finds another's things in %s".formatted(person, read.name()));
            }
        }
    }

    private HttpResponse<String> ask(
            RunningPlatform platform, String person, Operation read, Map<String, String> things, String... headers) {
        return platform.read(person, HttpMethod.GET, read, things, headers);
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
