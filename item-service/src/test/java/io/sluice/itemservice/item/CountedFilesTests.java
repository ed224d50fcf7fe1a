package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.query.Condition;
import io.sluice.kit.query.Condition.All;
import io.sluice.kit.query.Condition.Any;
import io.sluice.kit.query.Condition.Operator;
import io.sluice.kit.query.Condition.Test;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

class CountedFilesTests {

    private static final String ID = "6b0183990000000000001fff";
    private static final String NEXT = "6b0183990000000000002000";
    private static final Condition FILES = is("type", "file");
    private static final FileCount COUNT = new FileCount(5, 2, 1, 1, 100);

    private static Condition is(String path, Object value) {
        return new Test(path, Operator.EQUAL, value);
    }

    private static @Nullable CountedFiles of(Condition... all) {
        return CountedFiles.of(new All(List.of(all)));
    }

    @org.junit.jupiter.api.Test
    void knowsFilesByWhetherTheyAreHidden() {
        assertThat(Objects.requireNonNull(of(FILES)).in(COUNT)).isEqualTo(7);
        assertThat(Objects.requireNonNull(of(FILES, is("hidden", false))).in(COUNT))
                .isEqualTo(5);
        assertThat(Objects.requireNonNull(of(is("hidden", true), FILES)).in(COUNT))
                .isEqualTo(2);
    }

    @org.junit.jupiter.api.Test
    void knowsWhereAClientHasCome() {
        CountedFiles beyond = Objects.requireNonNull(of(FILES, new Test("id", Operator.GREATER, ID)));
        assertThat(beyond.from()).isEqualTo(NEXT);
        assertThat(beyond.to()).isEqualTo(CountedDataset.END);
        CountedFiles between = Objects.requireNonNull(of(
                FILES,
                new Test("id", Operator.GREATER_OR_EQUAL, ID),
                new All(List.of(new Test("id", Operator.LESS_OR_EQUAL, ID)))));
        assertThat(between.from()).isEqualTo(ID);
        assertThat(between.to()).isEqualTo(NEXT);
        assertThat(Objects.requireNonNull(of(FILES, new Test("id", Operator.GREATER, "f".repeat(24))))
                        .from())
                .isEqualTo(CountedDataset.END);
    }

    @org.junit.jupiter.api.Test
    void leavesEverythingElseToTheDatabase() {
        assertThat(of()).isNull();
        assertThat(of(is("hidden", false))).isNull();
        assertThat(of(is("type", "dir"))).isNull();
        assertThat(of(FILES, is("annotated", true))).isNull();
        assertThat(of(FILES, is("id", ID))).isNull();
        assertThat(of(FILES, is("hidden", false), is("hidden", true))).isNull();
        assertThat(of(FILES, new Any(List.of(FILES)))).isNull();
        assertThat(of(FILES, new Test("id", Operator.GREATER, "some_id"))).isNull();
    }
}
