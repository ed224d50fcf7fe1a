package io.sluice.kit.representation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowsTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[{'a':1.50},{'b':[1,{}]},null] | {'a':1.50}~{'b':[1,{}]}~null~",
                "{'items':[{'a':1},{'a':2}],'hasNextPage':false} | {'a':1}~{'a':2}~",
                "{'items':[{'a':1}]} | {'items':[{'a':1}]}~",
                "{'a':{'b':null}} | {'a':{'b':null}}~",
                "123456789012345678901234567890 | 123456789012345678901234567890~"
            })
    void writesAnEntryALine(String json, String lines) {
        assertThat(lines(json.replace('\'', '"')))
                .isEqualTo(lines.replace('\'', '"').replace("~", "\n"));
    }

    @Test
    void writesNothingForAnEmptyList() {
        assertThat(lines("[]")).isEmpty();
        assertThat(csv("[]")).isEqualTo("\r\n");
        assertThat(csv("{\"items\":[],\"hasNextPage\":false,\"totalItemsCount\":0}"))
                .isEqualTo("\r\n");
    }

    @Test
    void writesAColumnForEachMemberOfAnyRow() {
        String json = "[{\"id\":\"1\",\"n\":-1.50,\"ok\":true,\"m\":{\"a\":{\"b\":\"x\"}}},"
                + "{\"id\":\"2\",\"tags\":[\"a\",1],\"m\":{},\"none\":null,\"empty\":\"\"}]";

        assertThat(csv(json).split("\r\n"))
                .containsExactly(
                        "id,n,ok,m.a.b,tags,m,none,empty", "1,-1.50,true,x,,,,", "2,,,,\"[\"\"a\"\",1]\",{},,\"\"");
    }

    @Test
    void tellsADotInAKeyFromOneThatLeadsIntoAnObject() {
        assertThat(csv("[{\"a.b\":1,\"a\":{\"b\":2},\"~\":3}]")).isEqualTo("a~1b,a.b,~0\r\n1,2,3\r\n");
    }

    @Test
    void quotesWhatWouldEndACell() {
        assertThat(csv("[{\"a,b\":\"x\\ny\",\"c\":\"say \\\"hi\\\"\",\"d\":\"a,b\"}]"))
                .isEqualTo("\"a,b\",c,d\r\n\"x\ny\",\"say \"\"hi\"\"\",\"a,b\"\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"=1+1 | '=1+1", "+1 | '+1", "-1 | '-1", "@SUM(A1) | '@SUM(A1)", "\\t=1 | '\\t=1", "1=1 | 1=1"})
    void makesTextsThatASpreadsheetWouldRunHarmless(String text, String cell) {
        assertThat(csv("[{\"a\":\"" + text + "\"}]")).isEqualTo("a\r\n" + cell.replace("\\t", "\t") + "\r\n");
        assertThat(csv("[{\"" + text + "\":1}]")).isEqualTo(cell.replace("\\t", "\t") + "\r\n1\r\n");
    }

    @Test
    void keepsObjectsWholeWhereTheyWouldMakeTooManyColumns() {
        String rows = IntStream.range(0, Rows.MOST_COLUMNS + 1)
                .mapToObj(row -> "{\"id\":" + row + ",\"m\":{\"k" + row + "\":1}}")
                .collect(Collectors.joining(",", "[", "]"));

        assertThat(csv(rows)).startsWith("id,m\r\n0,\"{\"\"k0\"\":1}\"\r\n");
    }

    @Test
    void writesWhatIsNoListAsOneRow() {
        assertThat(csv("{\"a\":1}")).isEqualTo("a\r\n1\r\n");
        assertThat(csv("[1,\"x\",[2]]")).isEqualTo("value\r\n1\r\nx\r\n[2]\r\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void tellsTheRowsOfAListThatComesInPieces(int size) {
        String json = "[{\"a\":\"x],\\\"y\",\"b\":{\"c\":[1,{}]}},{\"a\":null,\"d\":2},{\"b\":\"=ü\"}]";

        assertThat(inPieces(json, size, null)).isEqualTo(lines(json));
        assertThat(inPieces(json, size, List.of("b", "a")))
                .isEqualTo("b,a\r\n\"{\"\"c\"\":[1,{}]}\",\"x],\"\"y\"\r\n,\r\n'=ü,\r\n");
        assertThat(inPieces("[]", size, null)).isEmpty();
        assertThat(inPieces("[]", size, List.of("b", "a"))).isEqualTo("b,a\r\n");
    }

    @Test
    void holdsNoRowBackThatIsComplete() {
        assertThat(new RowPieces(null).next("[{\"a\":1}".getBytes(UTF_8)))
                .asString(UTF_8)
                .isEqualTo("{\"a\":1}\n");
    }

    private static String inPieces(String json, int size, @Nullable List<String> columns) {
        RowPieces rows = new RowPieces(columns);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] bytes = json.getBytes(UTF_8);
        for (int start = 0; start < bytes.length; start += size) {
            all.writeBytes(rows.next(Arrays.copyOfRange(bytes, start, Math.min(bytes.length, start + size))));
        }
        all.writeBytes(rows.last());
        return all.toString(UTF_8);
    }

    private static String lines(String json) {
        return new String(Rows.asLines(json.getBytes(UTF_8)), UTF_8);
    }

    private static String csv(String json) {
        return new String(Rows.asCsv(json.getBytes(UTF_8)), UTF_8);
    }
}
