package io.sluice.kit.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.Outcome;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.web.ErrorResponseException;
import tools.jackson.databind.json.JsonMapper;

/** Whatever JSON object a client gives, it gets back; written with ' for ". */
abstract class JsonObjectContract {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ReactiveMongoTemplate mongo;

    JsonObjectContract(MongoServer.Lease database) {
        this.mongo = database.template();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'a':null,'b':true,'c':-1,'d':1.5,'e':'text','f':[],'g':{}}",
                "{'z':1,'a':2,'m':3}",
                "{'a':{'b':{'c':[1,[2,{'d':null}],'x']}}}",
                "{'a.b':1,'a':{'b':2}}",
                "{'.':1,'..':2,'a.':3,'.a':4}",
                "{'$set':{'x':1},'$where':'1','$':2,'a$b':3}",
                "{'~':1,'~0':2,'~1':3,'~2':4,'~~1':5,'a~1b':6,'$~1.':7,'~2$':8}",
                "{'':1}",
                "{'_id':'x','_class':'java.lang.Object'}",
                "{'größe':'日本語','🐕':'🐕\\u0000'}",
                "{'big':9223372036854775807,'bigger':9223372036854775808,'least':-9223372036854775808}",
                "{'list':[{'a.b':1},{'$c':[{'d.e':2}]}]}",
                "{'date':'2026-11-21T08:30:00.000Z','id':'6b01c1e0e53942fa8c7e261c'}",
            })
    void comesBackAsItWasGiven(String json) {
        JsonObject given = read(json);

        Outcome.of(mongo.insert(new Document("_id", json).append("kept", given.toDocument()), "objects"));
        Document found = Outcome.of(mongo.findById(json, Document.class, "objects"));

        assertThat(JSON.writeValueAsString(JsonObject.fromDocument(found.get("kept", Document.class))))
                .isEqualTo(json.replace('\'', '"').replace("🐕\\u0000", "🐕\\u0000"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                        | {'a':1}                  | {'a':1}",
                "{'a':1,'b':2}             | {'b':null}               | {'a':1}",
                "{'a':1}                   | {'x':null}               | {'a':1}",
                "{'a':{'b':1,'c':2}}       | {'a':{'b':null,'d':3}}   | {'a':{'c':2,'d':3}}",
                "{'a':{'b':1}}             | {'a':'text'}             | {'a':'text'}",
                "{'a':'text'}              | {'a':{'b':1}}            | {'a':{'b':1}}",
                "{'a':'text'}              | {'a':{'b':null}}         | {'a':{}}",
                "{'a':[1,2]}               | {'a':[3]}                | {'a':[3]}",
                "{'a':[{'b':1}]}           | {'a':[{'c':null}]}       | {'a':[{'c':null}]}",
                "{'a.b':1}                 | {'a':{'b':2}}            | {'a.b':1,'a':{'b':2}}",
                "{'a':{'b':{'c':1}}}       | {'a':{'b':{'c':null}}}   | {'a':{'b':{}}}",
                "{'a':1}                   | {}                       | {'a':1}",
            })
    void mergesAPatchAsRfc7396Says(String target, String patch, String result) {
        assertThat(JSON.writeValueAsString(read(target).merged(read(patch).members())))
                .isEqualTo(result.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a\\u0000b':1}                                        | metadata",
                "{'a':[{'b':{'c\\u0000':1}}]}                           | metadata.a.b",
                "{'a':{'n':123456789012345678901234567890123456789}}    | metadata.a.n",
                "{'a':'half \\ud83d'}                                   | metadata.a",
                "{'half \\ud83d':1}                                     | metadata",
            })
    void refusesWhatCannotBeKeptAsItIs(String json, String field) {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(
                        () -> JsonObject.requireStorable("metadata", read(json).members()))
                .satisfies(problem -> {
                    assertThat(problem.getStatusCode().value()).isEqualTo(400);
                    assertThat(problem.getBody().getDetail()).startsWith(field + ":");
                });
    }

    @Test
    void keepsNothingOfTheMapItWasMadeOf() {
        var members = new java.util.LinkedHashMap<String, Object>();
        JsonObject object = new JsonObject(members);
        members.put("late", 1);

        assertThat(object).isEqualTo(JsonObject.EMPTY);
        assertThat(object.with("a", read("{'b':1}")).object("a").members()).containsEntry("b", 1);
        assertThat(object.with("a", 1).without("a")).isEqualTo(JsonObject.EMPTY);
        assertThat(object.with("a", 1).object("a")).isEqualTo(JsonObject.EMPTY);
    }

    private static JsonObject read(String json) {
        return JSON.readValue(json.replace('\'', '"'), JsonObject.class);
    }
}
