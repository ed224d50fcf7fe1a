package io.sluice.itemservice.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

class BodyLinesTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** @param size of the pieces in which the body comes */
    private static List<List<BodyLines.Line>> cut(byte[] body, int size) {
        Flux<DataBuffer> pieces = Flux.range(0, (body.length + size - 1) / size)
                .map(index -> DefaultDataBufferFactory.sharedInstance.wrap(
                        Arrays.copyOfRange(body, index * size, Math.min(body.length, (index + 1) * size))));
        return Objects.requireNonNull(BodyLines.of(pieces).collectList().block(PATIENCE));
    }

    private static List<String> words(List<List<BodyLines.Line>> cut) {
        return cut.stream()
                .flatMap(List::stream)
                .map(line -> line.number() + " "
                        + new String(line.bytes(), line.offset(), line.length(), StandardCharsets.UTF_8))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1_000})
    void cutsLinesWhereverTheBodyIsCut(int size) {
        byte[] body = "one\n\n  \r\nfour — 4\r\nfive".getBytes(StandardCharsets.UTF_8);

        assertThat(words(cut(body, size))).containsExactly("1 one", "4 four — 4\r", "5 five");
    }

    @Test
    void findsNoLineInNothing() {
        assertThat(cut(new byte[0], 10)).isEmpty();
        assertThat(cut("\n \n".getBytes(StandardCharsets.UTF_8), 10)).isEmpty();
    }

    @Test
    void gathersAThousandLinesOrAMegabyte() {
        byte[] many = "x\n".repeat(2_500).getBytes(StandardCharsets.UTF_8);
        byte[] large = ("x".repeat(700_000) + "\n").repeat(5).getBytes(StandardCharsets.UTF_8);

        assertThat(cut(many, 64).stream().map(List::size)).containsExactly(1_000, 1_000, 500);
        assertThat(cut(large, 65_536).stream().map(List::size)).containsExactly(2, 2, 1);
    }

    @Test
    void keepsOnlyTheNumberOfALineThatIsTooLong() {
        byte[] body = new byte[BodyLines.LONGEST * 2 + 3];
        Arrays.fill(body, (byte) 'x');
        body[0] = '\n';
        body[BodyLines.LONGEST + 1] = '\n';
        IntStream.of(1_000_000, body.length).forEach(size -> {
            List<BodyLines.Line> lines =
                    cut(body, size).stream().flatMap(List::stream).toList();

            assertThat(lines.stream().map(BodyLines.Line::number)).containsExactly(2L, 3L);
            assertThat(lines.stream().map(BodyLines.Line::isTooLong)).containsExactly(false, true);
            assertThat(lines.get(1).length()).isZero();
        });
    }
}
