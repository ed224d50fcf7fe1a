package io.sluice.kit.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.kit.error.FieldError;
import io.sluice.kit.query.Condition.All;
import io.sluice.kit.query.Condition.Any;
import io.sluice.kit.query.Condition.Elements;
import io.sluice.kit.query.Condition.Operator;
import io.sluice.kit.query.Condition.Test;
import io.sluice.kit.query.Query.SortKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.ErrorResponseException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

class QueryParserTests {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final QueryLimits LIMITS = QueryLimitsTests.defaults();
    private static final QueryParser QUERIES = new QueryParser(LIMITS);

    @org.junit.jupiter.api.Test
    void readsAQueryAsTheSdkSendsIt() {
        Query query = parse("""
                {"filter":{"$or":[{"dir":"/a"},{"dir":"/b"}],"$and":[{"hidden":false},{"type":"file"}]},
                 "page":2,"pageSize":50,"resource":"items","sort":{"createdAt":"descending","id":"ascending"},
                 "join":{},"context":{"projects":["p1"],"datasets":["d1"]},"systemSpace":true}
                """);

        assertThat(query.filter())
                .isEqualTo(new All(List.of(
                        new Any(List.of(equal("dir", "/a"), equal("dir", "/b"))),
                        new All(List.of(equal("hidden", false), equal("type", "file"))))));
        assertThat(query.page()).isEqualTo(2);
        assertThat(query.pageSize()).isEqualTo(50);
        assertThat(query.offset()).isEqualTo(100);
        assertThat(query.resource()).isEqualTo("items");
        assertThat(query.sort()).containsExactly(new SortKey("createdAt", false), new SortKey("id", true));
        assertThat(query.projects()).containsExactly("p1");
        assertThat(query.datasets()).containsExactly("d1");
        assertThat(query.systemSpace()).isTrue();
        assertThat(query.update()).isNull();
        assertThat(query.delete()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"filter\":{}}", "{\"filter\":null,\"page\":null,\"pageSize\":null,\"sort\":null}"})
    void asksForTheFirstHundredOfEverythingWhenNothingIsSaid(String body) {
        Query query = parse(body);

        assertThat(query.filter()).isEqualTo(new All(List.of()));
        assertThat(query.resource()).isEqualTo("datasets");
        assertThat(query.page()).isZero();
        assertThat(query.pageSize()).isEqualTo(100);
        assertThat(query.sort()).isEmpty();
    }

    @org.junit.jupiter.api.Test
    void readsAnUpdateAndADeletion() {
        assertThat(parse("{\"update\":{\"metadata\":{\"user\":{\"a\":null}}}}").update())
                .isEqualTo(Map.of("metadata", Map.of("user", Collections.singletonMap("a", null))));
        assertThat(parse("{\"delete\":true}").delete()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "1000, 1000", "1001, 1000", "99999999999, 1000"})
    void givesAtMostAThousandEntriesAPage(String asked, int given) {
        assertThat(parse("{\"pageSize\":" + asked + "}").pageSize()).isEqualTo(given);
    }

    @ParameterizedTest
    @EnumSource(Operator.class)
    void readsEveryOperator(Operator operator) {
        Object operand = switch (operator) {
            case IN, NOT_IN -> List.of(1, "a");
            case EXISTS -> true;
            case GLOB -> "a*";
            default -> 5;
        };
        String body = "{\"filter\":{\"metadata.user.a\":{\"" + operator.wireName() + "\":"
                + JSON.writeValueAsString(operand) + "}}}";

        assertThat(parse(body).filter()).isEqualTo(new Test("metadata.user.a", operator, operand));
    }

    @org.junit.jupiter.api.Test
    void takesSeveralOperatorsOfAFieldAsAllOfThem() {
        assertThat(filter("{\"size\":{\"$gt\":1,\"$lte\":2}}"))
                .isEqualTo(new All(
                        List.of(new Test("size", Operator.GREATER, 1), new Test("size", Operator.LESS_OR_EQUAL, 2))));
    }

    @org.junit.jupiter.api.Test
    void takesAListForAnyOfItsEntries() {
        assertThat(filter("{\"type\":[\"box\",null]}"))
                .isEqualTo(new Test("type", Operator.IN, Arrays.asList("box", null)));
    }

    @org.junit.jupiter.api.Test
    void takesNullForAbsent() {
        assertThat(filter("{\"a\":null}")).isEqualTo(new Test("a", Operator.EQUAL, null));
    }

    @org.junit.jupiter.api.Test
    void takesAnObjectForTheValueThatItIs() {
        assertThat(filter("{'a':{'b':1,'c':['*']}}")).isEqualTo(equal("a", Map.of("b", 1, "c", List.of("*"))));
        assertThat(filter("{'a':{}}")).isEqualTo(equal("a", Map.of()));
        assertThat(filter("{'a':{'$in':[{'b':1}]}}")).isEqualTo(new Test("a", Operator.IN, List.of(Map.of("b", 1))));
    }

    @org.junit.jupiter.api.Test
    void readsChoicesAboutOneField() {
        assertThat(filter("{'a':{'$or':[1,{'$gt':5},{'$and':[{'$lt':3},{'$gt':2}]},['x']],'$ne':7}}"))
                .isEqualTo(new All(List.of(
                        new Any(List.of(
                                equal("a", 1),
                                new Test("a", Operator.GREATER, 5),
                                new All(List.of(new Test("a", Operator.LESS, 3), new Test("a", Operator.GREATER, 2))),
                                new Test("a", Operator.IN, List.of("x")))),
                        new Test("a", Operator.NOT_EQUAL, 7))));
    }

    /** As in contract core §9.3. */
    @org.junit.jupiter.api.Test
    void readsWhatAnElementHasToBe() {
        Condition task = filter("{'metadata.system.refs':{'$match':{'id':'t1','type':['task'],'metadata':"
                + "{'status':{'$eq':'completed'},'timestamp':{'$gt':'2026-11-19'}}}}}");
        Condition whole = filter("{'metadata.user.tags':{'$matchAll':{'$glob':'a*','$ne':'ab'}}}");

        assertThat(task)
                .isEqualTo(new Elements(
                        "metadata.system.refs",
                        false,
                        new All(List.of(
                                equal("id", "t1"),
                                new Test("type", Operator.IN, List.of("task")),
                                new All(List.of(
                                        equal("metadata.status", "completed"),
                                        new Test("metadata.timestamp", Operator.GREATER, "2026-11-19")))))));
        assertThat(whole)
                .isEqualTo(new Elements(
                        "metadata.user.tags",
                        true,
                        new All(List.of(new Test("", Operator.GLOB, "a*"), new Test("", Operator.NOT_EQUAL, "ab")))));
    }

    @org.junit.jupiter.api.Test
    void readsWhatIsSelected() {
        assertThat(parse("{\"select\":{\"name\":1,\"id\":0,\"metadata.user\":true}}")
                        .select())
                .isEqualTo(new Selection(true, List.of("name", "metadata.user")));
        assertThat(parse("{\"select\":{\"metadata\":0,\"id\":1}}").select())
                .isEqualTo(new Selection(false, List.of("metadata")));
        assertThat(parse("{\"select\":{\"id\":1}}").select()).isEqualTo(new Selection(true, List.of("id")));
        assertThat(parse("{\"select\":{}}").select()).isNull();
    }

    @org.junit.jupiter.api.Test
    void readsReferences() {
        assertThat(parse("{\"references\":{\"operation\":\"delete\",\"refs\":[{\"type\":\"task\",\"id\":\"t1\"}]}}")
                        .references())
                .isEqualTo(new Query.References(false, List.of(new Query.Reference("task", "t1"))));
        assertThat(parse("{\"references\":{}}").references()).isNull();
    }

    @org.junit.jupiter.api.Test
    void boundsWhatThoseWhoRunItSay() {
        QueryParser strict = new QueryParser(new QueryLimits(1, 2, 2, 3, 4, 1, Duration.ofSeconds(1)));

        assertRefused(strict, "{'$and':[{'$and':[{'a':1}]}]}", "deeper than 1 levels");
        assertRefused(strict, "{'a':1,'b':1,'c':1}", "more than the 2");
        assertRefused(strict, "{'a':[1,2,3]}", "at most 2 entries");
        assertRefused(strict, "{'a':[1,2],'b':[1,2]}", "more than the 3 entries");
        assertRefused(strict, "{'a':'xxxxx'}", "at most 4 characters");
        assertRefused(strict, "{'a':'*x?'}", "at most 1 wildcards");
    }

    private static void assertRefused(QueryParser queries, String filter, String message) {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> queries.parse(
                        JSON.readValue(
                                "{\"filter\":" + filter.replace('\'', '"') + "}",
                                new TypeReference<LinkedHashMap<String, Object>>() {}),
                        "items"))
                .withMessageContaining(message);
    }

    @org.junit.jupiter.api.Test
    void takesWhatWasAcceptedBefore() {
        Map<String, @Nullable Object> body = JSON.readValue(
                "{\"filter\":" + choice("{\"a\":1}", 1_001) + "}",
                new TypeReference<LinkedHashMap<String, Object>>() {});

        assertThat(QueryParser.accepted(body)).isInstanceOf(Any.class);
    }

    @org.junit.jupiter.api.Test
    void letsAnEmptyChoiceAskForNothing() {
        assertThat(filter("{\"$or\":[],\"a\":1}")).isEqualTo(new All(List.of(new All(List.of()), equal("a", 1))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"$where", "$regex", "$expr", "$function", "$nor", "$", "$ne ", "$NE", "$elemMatch", "$text"})
    void refusesAnOperatorItDoesNotKnowAndNamesIt(String operator) {
        String ofField = "{\"metadata.user.a\":{\"" + operator + "\":\"x\"}}";
        String ofFilter = "{\"" + operator + "\":\"x\"}";

        assertRefused(ofField, "invalid-query", "filter.metadata.user.a." + operator, operator);
        assertRefused(ofFilter, "invalid-query", "filter." + operator, operator);
        assertRefused(
                "{\"$or\":[{\"a\":1}," + ofField + "]}",
                "invalid-query",
                "filter.$or[1].metadata.user.a." + operator,
                operator);
    }

    @org.junit.jupiter.api.Test
    void refusesAnOperatorBesideThePlainMembersOfAnObject() {
        assertRefused("{\"a\":{\"$gt\":1,\"b\":2}}", "invalid-query", "filter.a.b", "b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a':{'$in':'x'}}          | invalid-query | filter.a.$in      | must be a list",
                "{'a':{'$nin':{}}}          | invalid-query | filter.a.$nin     | must be a list",
                "{'a':{'$exists':1}}        | invalid-query | filter.a.$exists  | must be true or false",
                "{'a':{'$exists':'true'}}   | invalid-query | filter.a.$exists  | must be true or false",
                "{'a':{'$gt':true}}         | invalid-query | filter.a.$gt      | must be a number, a date or a text",
                "{'a':{'$lt':null}}         | invalid-query | filter.a.$lt      | must be a number, a date or a text",
                "{'a':{'$gte':[1]}}         | invalid-query | filter.a.$gte     | must be a number, a date or a text",
                "{'a':{'$eq':[1]}}          | invalid-query | filter.a.$eq      | must not be a list in a list",
                "{'a':[[1]]}                | invalid-query | filter.a          | must not be a list in a list",
                "{'a':[{'$gt':1}]}          | invalid-query | filter.a.$gt      | the operator $gt must not stand in a value",
                "{'a':{'$ne':{'$gt':1}}}    | invalid-query | filter.a.$ne.$gt  | the operator $gt must not stand in a value",
                "{'a':{'b':{'$where':1}}}   | invalid-query | filter.a.b.$where | the operator $where must not stand in a value",
                "{'a':{'b':[{'$x':1}]}}     | invalid-query | filter.a.b.$x     | the operator $x must not stand in a value",
                "{'a':{'b':['c',{'d':[[{'$x':1}]]}]}} | invalid-query | filter.a.b.d.$x | must not stand in a value",
                "{'a':{'b\\u0000':1}}       | invalid-query | filter.a          | has a key with a NUL",
                "{'a':{'1':1,'2':1,'3':1,'4':1,'5':1,'6':1,'7':1}} | invalid-query | filter.a | too many members",
                "{'$gt':1}                  | invalid-query | filter.$gt        | must stand in the value of a field",
                "{'$match':{'a':1}}         | invalid-query | filter.$match     | must stand in the value of a field",
                "{'a':{'$glob':1}}          | invalid-query | filter.a.$glob    | must be a text",
                "{'a':{'$and':{'$gt':1}}}   | invalid-query | filter.a.$and     | must be a list of conditions",
                "{'a':{'$or':[{'$x':1}]}}   | invalid-query | filter.a.$or[0].$x | the operator $x is not known",
                "{'a':{'$match':[1]}}       | invalid-query | filter.a.$match   | must be an object",
                "{'a':{'$match':null}}      | invalid-query | filter.a.$match   | must be an object that says",
                "{'a':{'$matchAll':{}}}     | invalid-query | filter.a.$matchAll | must be an object that says",
                "{'a':{'$match':{'$gt':1,'b':2}}}       | invalid-query | filter.a.$match.b     | the operator b is not known",
                "{'a':{'$match':{'$gt':1,'$or':[]}}}    | invalid-query | filter.a.$match.$or   | must not stand beside",
                "{'a':{'$match':{'$or':[{'$gt':1}]}}}   | invalid-query | filter.a.$match.$or[0].$gt | must stand in the value",
                "{'a':{'$match':{'b':{'$where':1}}}}    | invalid-query | filter.a.$match.b.$where | the operator $where is not known",
                "{'a':{'$match':{'b':{'c':{'$where':1}}}}} | invalid-query | filter.a.$match.b.c.$where | $where is not known",
                "{'a':{'$match':{'b..c':1}}}            | invalid-query | filter.a.$match.b..c  | is not the path of a field",
                "{'$and':{'a':1}}           | invalid-query | filter.$and       | must be a list of conditions",
                "{'$or':[1]}                | invalid-query | filter.$or[0]     | must be an object",
                "{'':1}                     | invalid-query | filter.           | is not the path of a field",
                "{'a..b':1}                 | invalid-query | filter.a..b       | is not the path of a field",
                "{'.a':1}                   | invalid-query | filter..a         | is not the path of a field",
                "{'a.':1}                   | invalid-query | filter.a.         | is not the path of a field",
                "{'a\\u0000b':1}            | invalid-query | filter.a          | is not the path of a field",
                "[]                         | invalid-query | filter            | must be an object",
                "'x'                        | invalid-query | filter            | must be an object",
            })
    void refusesAConditionThatMakesNoSense(String filter, String code, String field, String message) {
        assertRefused(filter.replace('\'', '"'), code, field, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'page':-1}                      | page",
                "{'page':'1'}                     | page",
                "{'page':1.5}                     | page",
                "{'pageSize':-1}                  | pageSize",
                "{'pageSize':true}                | pageSize",
                "{'pageSize':99999999999999999999}| pageSize",
                "{'sort':['id']}                  | sort",
                "{'sort':{'id':1}}                | sort.id",
                "{'sort':{'id':'up'}}             | sort.id",
                "{'sort':{'':'ascending'}}        | sort.",
                "{'sort':{'a..b':'ascending'}}    | sort.a..b",
                "{'resource':7}                   | resource",
                "{'systemSpace':'yes'}            | systemSpace",
                "{'delete':1}                     | delete",
                "{'update':[]}                    | update",
                "{'update':'x'}                   | update",
                "{'context':[]}                   | context",
                "{'context':{'projects':'p'}}     | context.projects",
                "{'context':{'projects':[1]}}     | context.projects",
                "{'join':{'on':{}}}               | join",
                "{'references':{'a':1}}           | references.operation",
                "{'references':[]}                | references",
                "{'references':{'operation':'create'}}                            | references.refs",
                "{'references':{'operation':'create','refs':[]}}                  | references.refs",
                "{'references':{'operation':'create','refs':[1]}}                 | references.refs[0]",
                "{'references':{'operation':'create','refs':[{'id':'a'}]}}        | references.refs[0].type",
                "{'references':{'operation':'create','refs':[{'id':{'$gt':1},'type':'t'}]}} | references.refs[0].id",
                "{'references':{'operation':'create','refs':[{'id':'a','type':'t'}]},'delete':true} | references",
                "{'references':{'operation':'create','refs':[{'id':'a','type':'t'}]},'update':{}}   | references",
                "{'select':['id']}                | select",
                "{'select':{'name':2}}            | select.name",
                "{'select':{'name':{'$slice':1}}} | select.name",
                "{'select':{'name':1,'type':0}}   | select",
                "{'select':{'a..b':1}}            | select.a..b",
            })
    void namesTheMemberOfTheQueryThatIsWrong(String body, String field) {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> parse(body.replace('\'', '"')))
                .satisfies(problem -> {
                    assertThat(problem.getStatusCode().value()).isEqualTo(422);
                    assertThat(errors(problem)).extracting(FieldError::field).containsExactly(field);
                });
    }

    @org.junit.jupiter.api.Test
    void boundsHowDeepConditionsNest() {
        assertThat(filter(nested(LIMITS.depth()))).isNotNull();
        assertRefused(nested(LIMITS.depth() + 1), "invalid-query", null, "nests deeper than");
        assertRefused(chosen(LIMITS.depth() + 1), "invalid-query", null, "nests deeper than");
        assertRefused(
                "{'a':{'$match':" + inside(LIMITS.depth() + 1) + "}}", "invalid-query", null, "nests deeper than");
    }

    @org.junit.jupiter.api.Test
    void boundsHowDeepElementsAreLookedInto() {
        assertThat(filter(matched(FilterReader.DEEPEST_MATCH))).isNotNull();
        assertThat(filter("{'$and':[" + matched(FilterReader.DEEPEST_MATCH) + "," + matched(1) + "]}"))
                .isNotNull();
        assertRefused(matched(FilterReader.DEEPEST_MATCH + 1), "invalid-query", null, "nests deeper in others than 5");
    }

    @org.junit.jupiter.api.Test
    void boundsHowManyConditionsAQueryHas() {
        assertThat(filter(choice("{\"a\":1}", LIMITS.conditions()))).isNotNull();
        assertRefused(choice("{\"a\":1}", LIMITS.conditions() + 1), "invalid-query", null, "a query may have");
        assertRefused(choice("{}", LIMITS.conditions() + 1), "invalid-query", null, "a query may have");
    }

    @org.junit.jupiter.api.Test
    void boundsHowLongAListIs() {
        assertThat(filter("{\"a\":{\"$in\":" + numbers(LIMITS.list()) + "}}")).isNotNull();
        assertRefused(
                "{\"a\":{\"$in\":" + numbers(LIMITS.list() + 1) + "}}",
                "invalid-query",
                "filter.a.$in",
                "at most 10000 entries");
    }

    @org.junit.jupiter.api.Test
    void boundsHowMuchAllListsHoldTogether() {
        String list = "{\"a\":" + numbers(LIMITS.list()) + "}";

        assertRefused(choice(list, 11), "invalid-query", null, "entries in all its lists");
    }

    @org.junit.jupiter.api.Test
    void boundsHowLongATextIs() {
        String longest = "x".repeat(LIMITS.text());

        assertThat(filter("{\"a\":\"" + longest + "\"}")).isNotNull();
        assertRefused("{\"a\":\"" + longest + "x\"}", "invalid-query", "filter.a", "at most 4096 characters");
    }

    @org.junit.jupiter.api.Test
    void boundsWhatAProblemRepeatsOfTheQuery() {
        String longPath = "x".repeat(40_000);

        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> filter("{\"" + longPath + "\":1}"))
                .satisfies(
                        problem -> assertThat(String.valueOf(problem.getBody().getDetail()))
                                .hasSizeLessThan(1_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\\ud800\"", "\"a\\udc00b\"", "{\"$ne\":\"\\ud800\"}", "[\"\\ud800\"]"})
    void refusesATextThatIsNoUnicode(String value) {
        assertRefused("{\"a\":" + value + "}", "invalid-query", null, "is not Unicode");
    }

    @org.junit.jupiter.api.Test
    void refusesAPathThatIsNoUnicode() {
        assertRefused("{\"metadata.user.\\ud800\":1}", "invalid-query", null, "is not the path of a field");
    }

    @org.junit.jupiter.api.Test
    void refusesANumberThatTheDatabaseDoesNotHave() {
        assertRefused("{\"a\":99999999999999999999}", "invalid-query", "filter.a", "at most 64 bits");
    }

    private static Test equal(String path, Object operand) {
        return new Test(path, Operator.EQUAL, operand);
    }

    private static String nested(int levels) {
        return "{\"$and\":[".repeat(levels) + "{\"a\":1}" + "]}".repeat(levels);
    }

    private static String chosen(int levels) {
        return "{\"a\":" + "{\"$or\":[".repeat(levels) + "1" + "]}".repeat(levels) + "}";
    }

    private static String matched(int levels) {
        return "{\"a\":{\"$match\":".repeat(levels) + "{\"a\":1}" + "}}".repeat(levels);
    }

    private static String inside(int levels) {
        return "{\"a\":".repeat(levels) + "{\"$eq\":1}" + "}".repeat(levels);
    }

    private static String choice(String condition, int count) {
        return "{\"$or\":[" + String.join(",", Collections.nCopies(count, condition)) + "]}";
    }

    private static String numbers(int count) {
        return Collections.nCopies(count, 1).toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {'resource': 'items'}            | must be datasets
                    {'filter': {}, 'delete': true}   | can be found, but not changed
                    {'select': {'name': 1}}          | datasets are found whole
                    """, quoteCharacter = '`')
    void aSearchFindsWholeThingsOfOneKind(String body, String message) {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> QUERIES.parseSearch(read(body.replace('\'', '"')), "datasets"))
                .satisfies(problem -> assertThat(problem.getBody().getDetail()).contains(message));
        assertThat(QUERIES.parseSearch(read("{}"), "datasets").resource()).isEqualTo("datasets");
    }

    private static Condition filter(String filter) {
        return parse("{\"filter\":" + filter.replace('\'', '"') + "}").filter();
    }

    private static Query parse(String body) {
        return QUERIES.parse(read(body), "datasets");
    }

    private static Map<String, @Nullable Object> read(String body) {
        return JSON.readValue(body, new TypeReference<LinkedHashMap<String, Object>>() {});
    }

    private static void assertRefused(String filter, String code, @Nullable String field, String message) {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> filter(filter))
                .satisfies(problem -> {
                    assertThat(problem.getStatusCode().value()).isEqualTo(422);
                    assertThat(problem.getBody().getType()).hasToString("/problems/" + code);
                    assertThat(problem.getBody().getDetail()).contains(message);
                    if (field != null) {
                        assertThat(errors(problem).get(0).field()).startsWith(field);
                    }
                });
    }

    @SuppressWarnings("unchecked") // Problem puts them there.
    private static List<FieldError> errors(ErrorResponseException problem) {
        return (List<FieldError>) Objects.requireNonNull(
                Objects.requireNonNull(problem.getBody().getProperties()).get("errors"));
    }
}
