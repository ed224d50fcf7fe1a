package io.sluice.kit.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class SelectionTests {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 | name         | {'name':'n','id':'1'}",
                "1 | id           | {'id':'1'}",
                "1 | nothing      | {'id':'1'}",
                "1 | m.u          | {'m':{'u':{'a':1,'b.c':2}},'id':'1'}",
                "1 | m.u.a        | {'m':{'u':{'a':1}},'id':'1'}",
                "1 | m.u.b.c      | {'m':{'u':{'b.c':2}},'id':'1'}",
                "1 | m.l.x        | {'m':{'l':[{'x':1},{'x':3}]},'id':'1'}",
                "1 | name m.u.a   | {'name':'n','m':{'u':{'a':1}},'id':'1'}",
                "1 | name.x       | {'id':'1'}",
                "0 | m            | {'id':'1','name':'n'}",
                "0 | m.u m.l.x    | {'id':'1','name':'n','m':{'l':[{'y':2},{},4]}}",
                "0 | id name      | {'id':'1','m':{'u':{'a':1,'b.c':2},'l':[{'x':1,'y':2},{'x':3},4]}}",
                "0 | m.u.b.c m.l  | {'id':'1','name':'n','m':{'u':{'a':1}}}",
            })
    void answersWhatIsSelectedAndAlwaysTheId(int including, String paths, String answered) {
        Selection selection = new Selection(including == 1, List.of(paths.split(" ")));

        assertThat(selection.of(json("{'id':'1','name':'n','m':{'u':{'a':1,'b.c':2},'l':[{'x':1,'y':2},{'x':3},4]}}")))
                .isEqualTo(json(answered));
    }

    private static ObjectNode json(String json) {
        return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
    }
}
