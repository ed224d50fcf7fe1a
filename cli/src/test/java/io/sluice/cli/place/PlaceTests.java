package io.sluice.cli.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cli.console.Exit;
import io.sluice.cli.console.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceTests {

    @ParameterizedTest
    @CsvSource({
        "farm,farm,'',/",
        "farm/,farm,'',/",
        "farm/sheep,farm,sheep,/",
        "farm/sheep/,farm,sheep,/",
        "farm/sheep/pen,farm,sheep,/pen",
        "farm/sheep/pen/dolly.jpg,farm,sheep,/pen/dolly.jpg",
        "farm/sheep/pen//,farm,sheep,/pen",
        "/farm/sheep/pen,farm,sheep,/pen",
        "my farm/black sheep/a b,my farm,black sheep,/a b"
    })
    void readsWhatPeopleWrite(String text, String project, String dataset, String path) {
        assertThat(Place.parse(text)).isEqualTo(new Place(project, dataset, path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "farm", "farm/", "/", "//x"})
    void wantsADatasetWhereOneIsNeeded(String text) {
        assertThatThrownBy(() -> Place.inDataset(text))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.exit()).isEqualTo(Exit.USAGE))
                .hasMessageContaining("PROJECT/DATASET");
    }

    @Test
    void whatLiesBelowTheRootHasOneSlash() {
        assertThat(Place.parse("farm/sheep").below("a.jpg")).isEqualTo("/a.jpg");
        assertThat(Place.parse("farm/sheep/pen").below("a.jpg")).isEqualTo("/pen/a.jpg");
    }

    @Test
    void aFilterIsAQueryToo() {
        assertThat(Items.query("{\"name\": \"*.jpg\"}").toString()).isEqualTo("{\"filter\":{\"name\":\"*.jpg\"}}");
        assertThat(Items.query("{\"filter\": {}, \"page\": 3, \"join\": {\"filter\": {\"label\": \"ewe\"}}}")
                        .toString())
                .isEqualTo("{\"filter\":{},\"join\":{\"filter\":{\"label\":\"ewe\"}}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"name=*.jpg", "[]", "1", "{"})
    void saysThatAFilterIsJson(String text) {
        assertThatThrownBy(() -> Items.query(text))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.exit()).isEqualTo(Exit.USAGE))
                .hasMessageContaining("JSON");
    }
}
