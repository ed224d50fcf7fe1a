package io.sluice.modelservice.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InferenceReaderTests {

    private static final long MOST_BYTES = 1_000_000;

    @Test
    void readsFlatAndNestedListsAlike() {
        Tensor flat = input("{'name':'a','datatype':'FP32','shape':[2,2],'data':[1,2.5,-3e2,4]}");
        Tensor nested = input("{'name':'a','datatype':'FP32','shape':[2,2],'data':[[1,2.5],[-3e2,4]]}");

        assertThat(flat.floats()).containsExactly(1, 2.5f, -300, 4);
        assertThat(nested.floats()).containsExactly(flat.floats());
        assertThat(nested.shape()).containsExactly(2, 2);
    }

    @Test
    void readsDataThatComesBeforeItsType() {
        Tensor tensor = input("{'data':[[1],[2]],'parameters':{'x':1},'shape':[2,1],'datatype':'INT64','name':'a'}");

        assertThat(tensor.type()).isEqualTo(DataType.INT64);
        assertThat(tensor.floats()).containsExactly(1, 2);
    }

    @ParameterizedTest
    @CsvSource({
        "BOOL, 'true,false', 1 0",
        "UINT8, '0,255', 0 255",
        "INT8, '-128,127', -128 127",
        "UINT16, '0,65535', 0 65535",
        "INT16, '-32768,32767', -32768 32767",
        "INT32, '-2147483648,2147483647', -2.1474836E9 2.1474836E9",
        "FP16, '0.5,-65504', 0.5 -65504",
        "FP64, '1e-3,2', 0.001 2"
    })
    void readsEveryType(String type, String data, String expected) {
        Tensor tensor = input("{'name':'a','datatype':'%s','shape':[2],'data':[%s]}".formatted(type, data));

        String[] numbers = expected.split(" ");
        assertThat(tensor.floats()).containsExactly(Float.parseFloat(numbers[0]), Float.parseFloat(numbers[1]));
        assertThat(tensor.bytes()).isEqualTo(2L * tensor.type().size());
    }

    @Test
    void readsTheLargestUnsignedNumberAndTexts() {
        Tensor largest = input("{'name':'a','datatype':'UINT64','shape':[1],'data':[18446744073709551615]}");
        Tensor texts = input("{'name':'a','datatype':'BYTES','shape':[2],'data':['Schäfchen','']}");

        assertThat(largest.data().getLong()).isEqualTo(-1);
        assertThat(texts.texts().get(0)).isEqualTo("Schäfchen".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'name':'a','datatype':'FP32','shape':[2],'data':[1]} | inputs[0].data has 1 elements, not 2",
                "{'name':'a','datatype':'FP32','shape':[1],'data':[1,2]} | inputs[0].data has more than the 1 elements of its shape",
                "{'name':'a','datatype':'FP32','shape':[2,2],'data':[[1,2],[3]]} | inputs[0].data has a list of 1 where its shape says 2",
                "{'name':'a','datatype':'FP32','shape':[2],'data':[[1],[2]]} | inputs[0].data[0] must be a number",
                "{'name':'a','datatype':'FP32','shape':[2,2],'data':[[1,2],3]} | inputs[0].data must have lists at that depth",
                "{'name':'a','datatype':'FP32','shape':[1],'data':['1']} | inputs[0].data[0] must be a number",
                "{'name':'a','datatype':'FP32','shape':[1],'data':[1e39]} | inputs[0].data[0] is too large for FP32",
                "{'name':'a','datatype':'FP32','shape':[1],'data':[null]} | inputs[0].data[0] must be a number",
                "{'name':'a','datatype':'INT32','shape':[1],'data':[1.5]} | inputs[0].data[0] must be a whole number",
                "{'name':'a','datatype':'UINT8','shape':[2],'data':[1,256]} | inputs[0].data[1] is out of the range of UINT8",
                "{'name':'a','datatype':'INT64','shape':[1],'data':[9223372036854775808]} | inputs[0].data[0] is out of the range of INT64",
                "{'name':'a','datatype':'BOOL','shape':[1],'data':[1]} | inputs[0].data[0] must be a boolean",
                "{'name':'a','datatype':'FP8','shape':[1],'data':[1]} | inputs[0].datatype must be one of",
                "{'name':'a','datatype':'FP32','shape':[-1],'data':[1]} | inputs[0].shape must have numbers from 0 on",
                "{'name':'a','datatype':'FP32','shape':[1.5],'data':[1]} | inputs[0].shape must have whole numbers",
                "{'name':'a','datatype':'FP32','shape':[100000,100000],'data':[1]} | inputs[0].shape needs more than the 1000000 bytes",
                "{'name':'a','datatype':'FP32','shape':[4294967296,4294967296],'data':[1]} | inputs[0].shape has more elements than can be counted",
                "{'name':'a','datatype':'UINT8','shape':[900000],'data':[1]} | inputs[0].data has fewer elements than the 900000",
                "{'name':'a','datatype':'FP32','shape':[1]} | inputs[0].data is missing",
                "{'datatype':'FP32','shape':[1],'data':[1]} | inputs[0].name is missing",
                "{'name':'a','datatype':'FP32','shape':[1],'data':[NaN]} | inputs[0].data is no JSON",
                "{'name':'a','datatype':'FP32','shape':[1],'datum':[1]} | inputs[0].datum is not known",
                "{'name':'a','datatype':'FP32','shape':[1],'parameters':{'x':[]},'data':[1]} | inputs[0].parameters.x must be"
            })
    void saysWhichFieldIsWrong(String input, String message) {
        assertThatThrownBy(() -> input(input)).isInstanceOf(InvalidTensor.class).hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | the body must be an object",
                "{} | inputs is missing",
                "{'inputs':{}} | inputs must be a list",
                "{'inputs':[]} {} | the body goes on after its JSON",
                "{'inputs':[],'model':1} | model is not known",
                "{'inputs':[ | inputs is no JSON"
            })
    void saysWhatIsWrongWithTheRequest(String body, String message) {
        assertThatThrownBy(() -> InferenceReader.read(json(body), null, MOST_BYTES))
                .isInstanceOf(InvalidTensor.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void readsBinaryDataInTheOrderOfTheInputs() {
        byte[] json = json("{'inputs':[{'name':'a','datatype':'FP32','shape':[2],'parameters':{'binary_data_size':8}},"
                + "{'name':'b','datatype':'BYTES','shape':[2],'parameters':{'binary_data_size':11}}],"
                + "'outputs':[{'name':'x','parameters':{'binary_data':true}},{'name':'y'}]}");
        ByteBuffer data = ByteBuffer.allocate(19).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(1).putFloat(2).putInt(3).put(new byte[] {'a', 'b', 'c'}).putInt(0);

        InferenceRequest request =
                InferenceReader.read(together(json, data.array()), String.valueOf(json.length), MOST_BYTES);

        assertThat(request.inputs().get(0).floats()).containsExactly(1, 2);
        assertThat(request.inputs().get(1).texts())
                .containsExactly("abc".getBytes(StandardCharsets.UTF_8), new byte[0]);
        assertThat(request.wantsBinary("x")).isTrue();
        assertThat(request.wantsBinary("y")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FP32 | 7 | 8 | inputs[0].parameters.binary_data_size is 7, but shape and datatype need 8 bytes",
                "FP32 | 9000 | 8 | inputs[0].parameters.binary_data_size is 9000, but only 8 bytes are left",
                "FP32 | -1 | 8 | inputs[0].parameters.binary_data_size must be a number of bytes",
                "FP32 | 8 | 9 | the body has 1 bytes that no binary_data_size claims",
                "BYTES | 8 | 8 | inputs[0].parameters.binary_data_size cuts off an element",
                "BOOL | 2 | 2 | inputs[0].parameters.binary_data_size covers a BOOL"
            })
    void refusesBinaryDataOfAnotherLength(String type, int said, int sent, String message) {
        byte[] json =
                json(("{'inputs':[{'name':'a','datatype':'%s','shape':[2]," + "'parameters':{'binary_data_size':%d}}]}")
                        .formatted(type, said));
        byte[] data = new byte[sent];
        Arrays.fill(data, (byte) 77);

        assertThatThrownBy(() -> InferenceReader.read(together(json, data), String.valueOf(json.length), MOST_BYTES))
                .isInstanceOf(InvalidTensor.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void refusesALengthOfTheJsonThatTheBodyDoesNotHave() {
        for (String length : List.of("100", "-1", "ten", "99999999999")) {
            assertThatThrownBy(() -> InferenceReader.read(json("{'inputs':[]}"), length, MOST_BYTES))
                    .hasMessageStartingWith("Inference-Header-Content-Length must be");
        }
    }

    @Test
    void writesWhatItReads() {
        Tensor floats = Tensor.ofFloats("f", new long[] {1, 3}, 0.1f, -2, 1e-20f);
        Tensor texts = Tensor.ofTexts("t", new long[] {2}, "a\"b", "é");
        InferenceRequest all = new InferenceRequest("7", Map.of(), List.of(), List.of());

        InferenceResponse.Body body = new InferenceResponse("m", "1", "7", List.of(floats, texts)).body(all);

        String json = StandardCharsets.UTF_8.decode(body.parts().get(0)).toString();
        assertThat(body.jsonLength()).isZero();
        assertThat(json).isEqualTo("""
                        {"model_name":"m","model_version":"1","id":"7","outputs":[\
                        {"name":"f","datatype":"FP32","shape":[1,3],"data":[0.1,-2.0,1.0E-20]},\
                        {"name":"t","datatype":"BYTES","shape":[2],"data":["a\\"b","é"]}]}""");
    }

    @Test
    void writesBinaryDataAfterTheJson() {
        Tensor floats = Tensor.ofFloats("f", new long[] {1}, Float.NaN);
        Tensor texts = Tensor.ofTexts("t", new long[] {1}, "ab");
        InferenceRequest binary = new InferenceRequest(null, Map.of("binary_data_output", true), List.of(), List.of());

        InferenceResponse.Body body = new InferenceResponse("m", "1", null, List.of(floats, texts)).body(binary);

        assertThat(body.parts()).hasSize(3);
        assertThat(body.jsonLength()).isEqualTo(body.parts().get(0).remaining());
        assertThat(body.parts().get(1).getFloat()).isNaN();
        assertThat(body.parts().get(2).remaining()).isEqualTo(6);
        assertThat(StandardCharsets.UTF_8.decode(body.parts().get(0)).toString())
                .contains("\"parameters\":{\"binary_data_size\":6}");
    }

    @Test
    void selectsTheOutputsThatAreAskedFor() {
        Tensor a = Tensor.ofFloats("a", new long[] {1}, 1);
        Tensor b = Tensor.ofFloats("b", new long[] {1}, 2);

        InferenceRequest one = InferenceReader.read(json("{'inputs':[],'outputs':[{'name':'b'}]}"), null, MOST_BYTES);
        InferenceRequest all = InferenceReader.read(json("{'inputs':[]}"), null, MOST_BYTES);

        assertThat(one.selected(List.of(a, b))).containsExactly(b);
        assertThat(all.selected(List.of(a, b))).containsExactly(a, b);
        assertThatThrownBy(() -> one.selected(List.of(a))).hasMessage("outputs[0].name is no output of the model: b");
    }

    @Test
    void refusesToWriteWhatJsonHasNoNumberFor() {
        Tensor floats = Tensor.ofFloats("f", new long[] {2}, 1, Float.POSITIVE_INFINITY);
        InferenceRequest all = new InferenceRequest(null, Map.of(), List.of(), List.of());

        assertThatThrownBy(() -> new InferenceResponse("m", "1", null, List.of(floats)).body(all))
                .hasMessageStartingWith("outputs[0].data[1] is Infinity");
    }

    private static InferenceRequest inParts(String inputs, Map<String, byte[]> parts) {
        return InferenceReader.readParts(json("{'inputs':" + inputs + "}"), parts, MOST_BYTES);
    }

    @Test
    void takesTheBytesOfATensorFromThePartOfItsName() {
        InferenceRequest request = inParts(
                "[{'name':'a','datatype':'UINT8','shape':[2]},{'name':'b','datatype':'UINT8','shape':[1],'data':[7]}]",
                Map.of("a", new byte[] {1, 2}));

        assertThat(request.inputs().get(0).floats()).containsExactly(1, 2);
        assertThat(request.inputs().get(1).floats()).containsExactly(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{'name':'a','datatype':'UINT8','shape':[3]}] | a is 2, but shape and datatype need 3 bytes",
                "[{'name':'a','datatype':'UINT8','shape':[2],'data':[1,2]}] | inputs[0].data must not be there with a part",
                "[{'name':'a','datatype':'UINT8','shape':[2],'parameters':{'binary_data_size':3}}] | inputs[0].parameters.binary_data_size must be 2",
                "[{'name':'b','datatype':'UINT8','shape':[2],'data':[1,2]}] | a is a part that none of the request's inputs is called",
                "[{'name':'a','datatype':'BOOL','shape':[2]}] | a covers a BOOL that is neither 0 nor 1",
            })
    void saysWhichPartIsWrong(String inputs, String message) {
        assertThatThrownBy(() -> inParts(inputs, Map.of("a", new byte[] {1, 2})))
                .isInstanceOf(InvalidTensor.class)
                .hasMessageStartingWith(message);
    }

    private static Tensor input(String input) {
        return InferenceReader.read(json("{'inputs':[" + input + "]}"), null, MOST_BYTES)
                .inputs()
                .get(0);
    }

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] together(byte[] json, byte[] data) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(json);
        body.writeBytes(data);
        return body.toByteArray();
    }
}
