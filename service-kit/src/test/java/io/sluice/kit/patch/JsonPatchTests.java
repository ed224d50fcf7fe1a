package io.sluice.kit.patch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.json.JsonObject;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.web.ErrorResponseException;

class JsonPatchTests {

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            {}             ; [{"op":"add","path":"/a","value":1}]                            ; {"a":1}
            {"a":1}        ; [{"op":"add","path":"/a","value":2}]                            ; {"a":2}
            {"a":[1,3]}    ; [{"op":"add","path":"/a/1","value":2}]                          ; {"a":[1,2,3]}
            {"a":[1]}      ; [{"op":"add","path":"/a/-","value":[2]}]                        ; {"a":[1,[2]]}
            {"a":1,"b":2}  ; [{"op":"remove","path":"/b"}]                                   ; {"a":1}
            {"a":[1,2,3]}  ; [{"op":"remove","path":"/a/1"}]                                 ; {"a":[1,3]}
            {"a":1}        ; [{"op":"replace","path":"/a","value":{"b":null}}]               ; {"a":{"b":null}}
            {"a":1}        ; [{"op":"replace","path":"","value":{"b":2}}]                    ; {"b":2}
            {"a":{"b":1}}  ; [{"op":"move","from":"/a/b","path":"/c"}]                       ; {"a":{},"c":1}
            {"a":1}        ; [{"op":"move","from":"/a","path":"/ab"}]                        ; {"ab":1}
            {"a":1}        ; [{"op":"move","from":"/a","path":"/a"}]                         ; {"a":1}
            {"a":[1,2,3]}  ; [{"op":"move","from":"/a/0","path":"/a/2"}]                     ; {"a":[2,3,1]}
            {"a":{"b":1}}  ; [{"op":"copy","from":"/a","path":"/c"}]                         ; {"a":{"b":1},"c":{"b":1}}
            {"a":1.0}      ; [{"op":"test","path":"/a","value":1}]                           ; {"a":1.0}
            {"a":[{"b":1}]}; [{"op":"test","path":"/a","value":[{"b":1.00}]}]                ; {"a":[{"b":1}]}
            {"a/b":1,"m~n":2}; [{"op":"test","path":"/a~1b","value":1},{"op":"remove","path":"/m~0n"}] ; {"a/b":1}
            {"":1}         ; [{"op":"remove","path":"/"}]                                    ; {}
            {}             ; []                                                              ; {}
            {"a":1}        ; [{"op":"add","path":"/b","value":2,"xyz":3}]                    ; {"a":1,"b":2}
            """)
    void makesOfADocumentWhatItDescribes(String document, String patch, String result) {
        assertThat(JsonPatch.parse(patch.getBytes(UTF_8)).applyTo(object(document)))
                .isEqualTo(object(result));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            {"op":"add","path":"/a","value":1}                       ; 400 ; an array of operations
            [1]                                                      ; 400 ; [0]: must be an object
            [{"path":"/a"}]                                          ; 400 ; [0].op: must be add
            [{"op":"merge","path":"/a"}]                             ; 400 ; [0].op: must be add
            [{"op":"remove"}]                                        ; 400 ; [0].path: must be a JSON Pointer
            [{"op":"remove","path":"a"}]                             ; 400 ; [0].path: must be a JSON Pointer
            [{"op":"remove","path":3}]                               ; 400 ; [0].path: must be a JSON Pointer
            [{"op":"remove","path":"/a"},{"op":"add","path":"/b"}]   ; 400 ; [1].value: is missing
            [{"op":"move","path":"/b"}]                              ; 400 ; [0].from: must be a JSON Pointer
            [{"op":"move","from":"/a","path":"/a/b"}]                ; 400 ; [0].path: must not be inside
            [{"op":"add","op":"remove","path":"/a"}]                 ; 400 ; each key once
            [{"op":"add",                                            ; 400 ; not the JSON
            [{"op":"remove","path":"/nothing"}]                      ; 422 ; [0]: remove /nothing does not fit
            [{"op":"replace","path":"/nothing","value":1}]           ; 422 ; [0]: replace /nothing
            [{"op":"add","path":"/list/9","value":1}]                ; 422 ; [0]: add /list/9
            [{"op":"add","path":"/list/01","value":1}]               ; 422 ; [0]: add /list/01
            [{"op":"add","path":"/no/where","value":1}]              ; 422 ; [0]: add /no/where
            [{"op":"copy","from":"/nothing","path":"/b"}]            ; 422 ; [0]: copy /b
            [{"op":"replace","path":"","value":[]}]                  ; 422 ; must stay an object
            [{"op":"test","path":"/a","value":2}]                    ; 409 ; [0]: /a has another value
            [{"op":"test","path":"/nothing","value":null}]           ; 409 ; [0]: /nothing has another value
            [{"op":"test","path":"/a","value":"1"}]                  ; 409 ; [0]: /a has another value
            """)
    void saysWhichOperationIsWrong(String patch, int status, String words) {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> JsonPatch.parse(patch.getBytes(UTF_8)).applyTo(object("{\"a\":1,\"list\":[]}")))
                .satisfies(
                        failure -> assertThat(failure.getStatusCode().value()).isEqualTo(status))
                .satisfies(failure -> assertThat(failure.getBody().getDetail()).contains(words));
    }

    @Test
    void refusesCopiesOfCopiesWithoutEnd() {
        String doubling = IntStream.range(0, 60)
                .mapToObj(index -> "{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/-\"}")
                .collect(Collectors.joining(",", "[", "]"));

        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> JsonPatch.parse(doubling.getBytes(UTF_8)).applyTo(object("{\"a\":[]}")))
                .withMessageContaining("copies more than");
    }

    @Test
    void refusesMoreOperationsThanAreRead() {
        String many = "{\"op\":\"test\",\"path\":\"\",\"value\":{}},".repeat(JsonPatch.MOST_OPERATIONS);

        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> JsonPatch.parse(("[" + many + "{}]").getBytes(UTF_8)))
                .withMessageContaining("at most 1000 operations");
    }

    private static JsonObject object(String json) {
        return (JsonObject) JsonPatch.read(json.getBytes(UTF_8));
    }
}
