package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.ErrorResponseException;

class ItemPathTests {

    @ParameterizedTest
    @CsvSource({
        "a.txt, /a.txt",
        "/a.txt, /a.txt",
        "//a///b, /a/b",
        "/ä/b c, /ä/b c",
        "/..a/b.., /..a/b..",
        "/%2e%2e, /%2e%2e"
    })
    void isAbsoluteAndOtherwiseAsItWasGiven(String given, String path) {
        assertThat(ItemPath.ofFile("path", given).value()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/", "a", "//a//"})
    void ofADirectoryMayEndInASlash(String given) {
        assertThat(ItemPath.ofDirectory("path", given).value()).isEqualTo("/a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "/a/", "/..", "/a/../b", "/a/./b", "/a\\b", "C:/a", "c:", "/a\0", "/a\uFFFD", "/\uD800"
            })
    void ofAFileIsRefusedWhenItCouldMeanAnotherPlace(String given) {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> ItemPath.ofFile("filename", given))
                .satisfies(refused -> assertThat(refused.getBody().getDetail()).startsWith("filename: "));
    }

    @Test
    void isBoundedInEveryDirection() {
        assertThat(ItemPath.ofFile("path", "/a".repeat(ItemPath.DEEPEST)).ancestors())
                .hasSize(ItemPath.DEEPEST - 1);
        assertRefused("/a".repeat(ItemPath.DEEPEST + 1));
        assertRefused("/" + "ä".repeat(ItemPath.LONGEST_SEGMENT / 2 + 1));
        assertRefused(("/" + "a".repeat(250)).repeat(9));
    }

    @Test
    void knowsItsParts() {
        ItemPath path = new ItemPath("/a/b/c.txt");

        assertThat(path.name()).isEqualTo("c.txt");
        assertThat(path.parent()).isEqualTo(new ItemPath("/a/b"));
        assertThat(path.ancestors()).containsExactly(new ItemPath("/a"), new ItemPath("/a/b"));
        assertThat(path.parent().andAncestors()).containsExactly(new ItemPath("/a"), new ItemPath("/a/b"));
        assertThat(new ItemPath("/a").parent()).isEqualTo(ItemPath.ROOT);
        assertThat(new ItemPath("/a").ancestors()).isEmpty();
        assertThat(ItemPath.ROOT.name()).isEqualTo("/");
        assertThat(ItemPath.ROOT.child("a")).isEqualTo(new ItemPath("/a"));
        assertThat(new ItemPath("/a").child("b")).isEqualTo(new ItemPath("/a/b"));
    }

    @Test
    void knowsWhatItIsBelow() {
        assertThat(new ItemPath("/a/b").isBelow(new ItemPath("/a"))).isTrue();
        assertThat(new ItemPath("/ab").isBelow(new ItemPath("/a"))).isFalse();
        assertThat(new ItemPath("/a").isBelow(new ItemPath("/a"))).isFalse();
        assertThat(new ItemPath("/a").isBelow(ItemPath.ROOT)).isTrue();
    }

    @Test
    void movesWithTheDirectoryAbove() {
        assertThat(new ItemPath("/a/b/c").moved(new ItemPath("/a"), new ItemPath("/x/y")))
                .isEqualTo(new ItemPath("/x/y/b/c"));
        assertThat(new ItemPath("/a/b/c").moved(new ItemPath("/a"), ItemPath.ROOT))
                .isEqualTo(new ItemPath("/b/c"));
    }

    @Test
    void isHiddenInTheServiceAreaOnly() {
        assertThat(new ItemPath("/.dataloop").isHidden()).isTrue();
        assertThat(new ItemPath("/.dataloop/a/b").isHidden()).isTrue();
        assertThat(new ItemPath("/.dataloop2").isHidden()).isFalse();
        assertThat(new ItemPath("/a/.dataloop/b").isHidden()).isFalse();
    }

    private static void assertRefused(String given) {
        assertThatExceptionOfType(ErrorResponseException.class).isThrownBy(() -> ItemPath.ofFile("path", given));
    }
}
