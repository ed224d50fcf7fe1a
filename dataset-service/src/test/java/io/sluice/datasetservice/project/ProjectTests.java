package io.sluice.datasetservice.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.kit.auth.Role;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectTests {

    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");

    @ParameterizedTest
    @ValueSource(strings = {"demo", "Größe 1", "数据", "हिन्दी", "!@#$%^&*()_+-[]|.,", "a", "..."})
    void takesLettersDigitsSpacesAndSomeMarksInNames(String name) {
        assertThat(Project.checkedName(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a/b", "a\\b", "a\nb", "a\0b", "a<b", "a'b", "a\"b", "a:b", "a?b", "a~b", "", " ", ".", ".."})
    void refusesOtherNames(String name) {
        assertThatThrownBy(() -> Project.checkedName(name)).hasMessageContaining("name");
    }

    @Test
    void refusesAnOverlongName() {
        assertThat(Project.checkedName("x".repeat(250))).hasSize(250);
        assertThatThrownBy(() -> Project.checkedName("x".repeat(251))).hasMessageContaining("250");
    }

    @Test
    void beginsWithItsCreatorAsOwner() {
        Project project = Project.of("demo", "ann@example.org", NOW);

        assertThat(project.members()).containsExactly(new Member("ann@example.org", Role.OWNER, NOW));
        assertThat(project.id()).hasSize(24);
    }

    @Test
    void keepsItsLastOwner() {
        Project project =
                Project.of("demo", "ann@example.org", NOW).with(new Member("bob@example.org", Role.ENGINEER, NOW), NOW);
        Member ann = project.member("ann@example.org").orElseThrow();

        assertThatThrownBy(() -> project.without(ann, NOW)).hasMessageContaining("last owner");
        assertThatThrownBy(() -> project.with(new Member("ann@example.org", Role.ANNOTATOR, NOW), NOW))
                .hasMessageContaining("last owner");
    }

    @Test
    void letsAnOwnerGoWhenThereIsAnother() {
        Project project =
                Project.of("demo", "ann@example.org", NOW).with(new Member("bob@example.org", Role.OWNER, NOW), NOW);
        Member ann = project.member("ann@example.org").orElseThrow();

        assertThat(project.without(ann, NOW).members())
                .extracting(Member::email)
                .containsExactly("bob@example.org");
    }

    @Test
    void refusesMoreMembersThanItCanHold() {
        Project full = IntStream.range(1, Project.MOST_MEMBERS)
                .boxed()
                .reduce(
                        Project.of("demo", "ann@example.org", NOW),
                        (project, number) ->
                                project.with(new Member(number + "@example.org", Role.ANNOTATOR, NOW), NOW),
                        (left, right) -> right);

        assertThatThrownBy(() -> full.with(new Member("one@example.org", Role.ANNOTATOR, NOW), NOW))
                .hasMessageContaining("1000");
    }
}
