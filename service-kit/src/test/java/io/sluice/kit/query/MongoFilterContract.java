package io.sluice.kit.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.query.FieldMapping.Field;
import io.sluice.kit.query.FieldMapping.Type;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.Outcome;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.BasicQuery;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What a filter finds (contract core §9.3, §9.4, §9.7), told by documents that all have a one-letter or short name. */
abstract class MongoFilterContract {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final QueryParser QUERIES = new QueryParser(QueryLimitsTests.defaults());

    private static final MongoFilter FILTER = new MongoFilter(path -> switch (path) {
        case "id" -> new Field("_id", Type.ID);
        case "name", "filename" -> new Field(path, Type.JSON);
        case "createdAt" -> new Field(path, Type.DATE);
        case "hidden" -> new Field(path, Type.FLAG);
        default -> path.startsWith("metadata.") ? Field.ofClientJson(path) : null;
    });

    private final ReactiveMongoTemplate mongo;
    private final String collection = new ObjectId().toHexString();

    MongoFilterContract(MongoServer.Lease database) {
        this.mongo = database.template();
    }

    // ---- equality and its negation

    /** Documents by name; all have their value at metadata.user.v, but the one called "absent". */
    @BeforeEach
    void keepValuesOfEveryKind() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("one", 1);
        values.put("one-long", 1L);
        values.put("one-and-a-half", 1.5);
        values.put("text-one", "1");
        values.put("text", "dog");
        values.put("true", true);
        values.put("false", false);
        values.put("null", null);
        values.put("list", List.of("dog", "cat", 1));
        values.put("empty-list", List.of());
        values.put("object", new Document("dog", 1));
        List<Document> documents = values.entrySet().stream()
                .map(entry -> document(entry.getKey()).append("metadata", user("v", entry.getValue())))
                .collect(Collectors.toList());
        documents.add(document("absent"));
        keep(documents);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1                          | one one-long list",
                "1.0                        | one one-long list",
                "1.5                        | one-and-a-half",
                "'1'                        | text-one",
                "'dog'                      | text list",
                "'DOG'                      |",
                "true                       | true",
                "false                      | false",
                "null                       | null absent",
                "['dog',true]               | text list true",
                "[null,'cat']               | list null absent",
                "[]                         |",
                "{'$eq':'dog'}              | text list",
                "{'$eq':null}               | null absent",
                "{'$in':[1,'1']}            | one one-long text-one list",
                "{'$in':['d*']}             | text list",
                "{'$in':[]}                 |",
                "{'$ne':'dog'}              | one one-long one-and-a-half text-one true false null empty-list object absent",
                "{'$ne':null}               | one one-long one-and-a-half text-one text true false list empty-list object",
                "{'$ne':'d*g'}              | one one-long one-and-a-half text-one true false null empty-list object absent",
                "{'$nin':['dog',1]}         | one-and-a-half text-one true false null empty-list object absent",
                "{'$nin':[null,1]}          | one-and-a-half text-one text true false empty-list object",
                "{'$nin':[]}                | one one-long one-and-a-half text-one text true false null list empty-list object absent",
                "{'$exists':true}           | one one-long one-and-a-half text-one text true false list empty-list object",
                "{'$exists':false}          | null absent",
                "{'$gt':1}                  | one-and-a-half",
                "{'$gte':1}                 | one one-long one-and-a-half list",
                "{'$lt':1.5}                | one one-long list",
                "{'$lte':1.5,'$gt':1}       | one-and-a-half",
                "{'$gt':'c'}                | text list",
                "{'$gte':'1','$lt':'2'}     | text-one",
                "{'$lt':'dog'}              | text-one list",
                "{'$glob':'d?g'}            | text list",
                "{'$glob':'dog'}            | text list",
                "{'$glob':'d'}              |",
                "{'dog':1}                  | object",
                "{'$eq':{'dog':1.0}}        | object",
                "{'dog':2}                  |",
                "{'dog':1,'cat':1}          |",
                "{}                         |",
                "{'$in':['cat',{'dog':1}]}  | list object",
                "{'$ne':{'dog':1},'$exists':true} | one one-long one-and-a-half text-one text true false list empty-list",
                "{'$or':[{'$gt':1,'$lt':2},'1',true]}   | one-and-a-half text-one true",
                "{'$and':[{'$gte':1},{'$lte':1}]}       | one one-long list",
                "{'$or':[]}                 | one one-long one-and-a-half text-one text true false null list empty-list object absent",
                "{'$match':{'$eq':'cat'}}   | list",
                "{'$match':{'$gt':0,'$lt':2}}           | list",
                "{'$match':{'$glob':'c*'}}  | list",
                "{'$match':{'$ne':'cat','$nin':['dog']}} | list",
                "{'$match':{'$in':['cat','dog'],'$glob':'d*'}} | list",
                "{'$match':{'$in':['cat','dog'],'$glob':'x*'}} |",
                "{'$matchAll':{'$ne':'bird'}}           | list",
                "{'$matchAll':{'$ne':'cat'}}            |",
                "{'$matchAll':{'$in':['*o*','cat',1]}}  | list",
                "{'$matchAll':{'$exists':true}}         | list",
            })
    void comparesValuesByTheirKind(String condition, @Nullable String names) {
        assertThat(found("{'metadata.user.v':" + condition + "}")).isEqualTo(names(names));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'$and':[{'metadata.user.v':'dog'},{'name':'list'}]}                 | list",
                "{'$or':[{'name':'one'},{'name':'text'}],'metadata.user.v':'dog'}     | text",
                "{'$or':[{'name':'one'},{'$and':[{'name':'text'},{'name':'list'}]}]}  | one",
                "{'$or':[],'name':'one'}                                              | one",
                "{'$and':[],'name':'one'}                                             | one",
                "{'$or':[{}],'name':'one'}                                            | one",
                "{'$and':[{'name':{'$ne':'one'}},{'name':{'$ne':'text'}},{'metadata.user.v':['dog',1]}]} | one-long list",
            })
    void combinesConditions(String filter, String names) {
        assertThat(found(filter)).isEqualTo(names(names));
    }

    @Test
    void findsEverythingWithoutAFilter() {
        assertThat(found("{}")).hasSize(12);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'x'                  | false",
                "null                 | true",
                "[null]               | true",
                "['x']                | false",
                "{'$ne':'x'}          | true",
                "{'$ne':null}         | false",
                "{'$nin':['x']}       | true",
                "{'$nin':[null]}      | false",
                "{'$exists':false}    | true",
                "{'$exists':true}     | false",
                "{'$gt':1}            | false",
                "{'$lte':'x'}         | false",
            })
    void takesAFieldThatDocumentsNeverHaveForAbsent(String condition, boolean isEverything) {
        assertThat(found("{'colour':" + condition + "}")).hasSize(isEverything ? 12 : 0);
    }

    // ---- paths

    @Test
    void walksIntoListsOfObjects() {
        keep(List.of(
                document("both").append("metadata", user("refs", List.of(ref("t1", "task"), ref("m1", "model")))),
                document("other").append("metadata", user("refs", List.of(ref("t2", "task")))),
                document("partly")
                        .append("metadata", user("refs", List.of(new Document("id", "t1"), new Document("x", 1)))),
                document("empty").append("metadata", user("refs", List.of()))));

        assertThat(found("{'metadata.user.refs.id':'t1'}")).isEqualTo(names("both partly"));
        assertThat(found("{'metadata.user.refs.type':{'$ne':'task'},'name':['both','other','partly','empty']}"))
                .isEqualTo(names("partly empty"));
        assertThat(found("{'metadata.user.refs.type':{'$exists':true}}")).isEqualTo(names("both other"));
        assertThat(found("{'metadata.user.refs.id':{'$exists':true}}")).isEqualTo(names("both other partly"));
        assertThat(found("{'metadata.user.refs.id':null,'name':['both','other','partly','empty']}"))
                .isEqualTo(names("empty"));
        assertThat(found("{'metadata.user.refs.id':{'$ne':null},'name':['both','other','partly','empty']}"))
                .isEqualTo(names("both other partly"));
        assertThat(found("{'metadata.user.refs.id':{'$in':[null,'t2']},'name':['both','other','partly','empty']}"))
                .isEqualTo(names("other empty"));
        assertThat(found("{'metadata.user.refs.id':{'$nin':[null,'t2']},'name':['both','other','partly','empty']}"))
                .isEqualTo(names("both partly"));
    }

    @Test
    void takesKeysOfAnyCharacters() {
        keep(List.of(
                document("dashes").append("metadata", user("spe-cial.ke_ys".replace('.', '-'), 7)),
                document("dollar").append("metadata", user("$gt", 7)),
                document("unicode").append("metadata", user("größe", 7)),
                document("space").append("metadata", user("a key", 7)),
                document("number").append("metadata", user("0", 7)),
                document("tilde").append("metadata", user("a~b", 7))));

        assertThat(found("{'metadata.user.spe-cial-ke_ys':7}")).isEqualTo(names("dashes"));
        assertThat(found("{'metadata.user.$gt':7}")).isEqualTo(names("dollar"));
        assertThat(found("{'metadata.user.größe':7}")).isEqualTo(names("unicode"));
        assertThat(found("{'metadata.user.a key':7}")).isEqualTo(names("space"));
        assertThat(found("{'metadata.user.0':7}")).isEqualTo(names("number"));
        assertThat(found("{'metadata.user.a~b':7}")).isEqualTo(names("tilde"));
    }

    @Test
    void takesAPathAsDeepAsDocumentsAre() {
        String deep = "metadata" + ".a".repeat(FilterReader.DEEPEST_PATH - 1);

        assertThat(found("{'" + deep + "':{'$exists':true}}")).isEmpty();
        assertThat(found("{'" + deep + "':1}")).isEmpty();
        assertThat(found("{'" + deep + "':{'$ne':1}}")).hasSize(12);
        assertRefused("{'" + deep + ".a':1}");
    }

    @Test
    void matchesSingleElementsOfLists() {
        keep(List.of(
                document("done")
                        .append(
                                "metadata",
                                user("refs", List.of(task("t1", "completed", "2026-11-20"), ref("m1", "model")))),
                document("open")
                        .append(
                                "metadata",
                                user(
                                        "refs",
                                        List.of(
                                                task("t1", "open", "2026-11-20"),
                                                task("t2", "completed", "2026-11-20")))),
                document("early").append("metadata", user("refs", List.of(task("t1", "completed", "2026-11-18")))),
                document("plain").append("metadata", user("refs", List.of(ref("t1", "task")))),
                document("empty").append("metadata", user("refs", List.of())),
                document("alone").append("metadata", user("refs", ref("t1", "task")))));
        String completed =
                "{'id':'t1','type':'task','metadata':{'status':{'$eq':'completed'},'timestamp':{'$gt':'2026-11-19'}}}";

        assertThat(found("{'metadata.user.refs':{'$match':" + completed + "}}")).isEqualTo(names("done"));
        assertThat(matching("$match", "{'id':'t1','metadata.status':'completed'}"))
                .isEqualTo(names("done early"));
        assertThat(matching("$match", "{'id':'t*','metadata':{'status':['open','late']}}"))
                .isEqualTo(names("open"));
        assertThat(matching("$match", "{'id':'t1','metadata':null}")).isEqualTo(names("plain"));
        assertThat(matching("$match", "{'id':{'$ne':'t1'}}")).isEqualTo(names("done open"));
        assertThat(matching("$match", "{'$or':[{'id':'m1'},{'id':'t2','metadata':{'status':'completed'}}]}"))
                .isEqualTo(names("done open"));
        assertThat(matching(
                        "$match",
                        "{'metadata':{'status':{'$or':['open',{'$glob':'c*'}]},'timestamp':{'$lt':'2026-11-19'}}}"))
                .isEqualTo(names("early"));
        assertThat(matching("$match", "{'metadata':{'$eq':{'timestamp':'2026-11-18','status':'completed'}}}"))
                .isEqualTo(names("early"));
        assertThat(matching("$matchAll", "{'type':'task'}")).isEqualTo(names("open early plain"));
        assertThat(matching("$matchAll", "{'id':'*'}")).isEqualTo(names("done open early plain"));
        assertThat(matching("$matchAll", "{'metadata':{'status':'completed'}}")).isEqualTo(names("early"));
        assertThat(matching("$matchAll", "{'id':{'$nin':['t2','x']}}")).isEqualTo(names("done early plain"));
    }

    private TreeSet<String> matching(String operator, String element) {
        return found("{'metadata.user.refs':{'" + operator + "':" + element
                + "},'name':['done','open','early','plain','empty','alone']}");
    }

    @Test
    void matchesListsInElementsOfLists() {
        keep(List.of(
                document("nested")
                        .append(
                                "metadata",
                                user(
                                        "rows",
                                        List.of(new Document(
                                                "cells",
                                                List.of(new Document("a", 1).append("b", 2), new Document("a", 3)))))),
                document("spread")
                        .append(
                                "metadata",
                                user(
                                        "rows",
                                        List.of(new Document(
                                                "cells", List.of(new Document("a", 1), new Document("b", 2)))))),
                document("dotted")
                        .append(
                                "metadata",
                                user("rows.cells", List.of(new Document(JsonObject.storedKey("a.b"), 1))))));

        assertThat(found("{'metadata.user.rows':{'$match':{'cells':{'$match':{'a':1,'b':2}}}}}"))
                .isEqualTo(names("nested"));
        assertThat(found("{'metadata.user.rows.cells':{'$match':{'a':1,'b':2}}}"))
                .isEqualTo(names("nested"));
        assertThat(found("{'metadata.user.rows':{'$matchAll':{'cells':{'$matchAll':{'a':{'$exists':true}}}}}}"))
                .isEqualTo(names("nested"));
        assertThat(found("{'metadata.user.rows.cells':{'$match':{'a.b':1}}}")).isEqualTo(names("dotted"));
    }

    @Test
    void comparesObjectsWithoutRegardToTheOrderOfTheirMembers() {
        keep(List.of(
                document("equal")
                        .append(
                                "metadata",
                                user(
                                        "o",
                                        new Document("a", 1)
                                                .append(
                                                        "b",
                                                        new Document(
                                                                "c", List.of(new Document("x", "*").append("y", null))))
                                                .append("d", true))),
                document("more")
                        .append(
                                "metadata",
                                user(
                                        "o",
                                        new Document("a", 1)
                                                .append(
                                                        "b",
                                                        new Document(
                                                                "c", List.of(new Document("x", "*").append("y", null))))
                                                .append("d", true)
                                                .append("e", 1))),
                document("dollar").append("metadata", user("o", new Document(JsonObject.storedKey("a.$b"), 1)))));

        assertThat(found("{'metadata.user.o':{'d':true,'a':1,'b':{'c':[{'y':null,'x':'*'}]}}}"))
                .isEqualTo(names("equal"));
        assertThat(found("{'metadata.user.o':{'$in':[{'b':{'c':[{'x':'*','y':null}]},'a':1,'d':true},7]}}"))
                .isEqualTo(names("equal"));
        assertThat(found("{'metadata.user.o.b':{'c':[{'x':'y','y':null}]}}")).isEmpty();
        assertThat(found("{'metadata.user.o':{'a.$b':1}}")).isEqualTo(names("dollar"));
    }

    /** The database takes a query of 100 levels at most. */
    @Test
    void takesConditionsAsDeepAsTheyMayNest() {
        String match = "{'metadata.a.b':{'$matchAll':".repeat(1)
                + "{'a.b':{'$matchAll':".repeat(FilterReader.DEEPEST_MATCH - 1) + "{'a.b':{'$nin':[1,null]}}"
                + "}}".repeat(FilterReader.DEEPEST_MATCH);
        String groups = "{'$or':[{'name':'x'},".repeat(15) + match + "]}".repeat(15);

        assertThat(found(groups)).isEmpty();
    }

    // ---- wildcards

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/**            | /a.jpg /dir/b.jpg /dir/sub/c.png /dir.x/d.jpg /über/é.jpg /[x]/(1)+.jpg /dir",
                "/*             | /a.jpg /dir/b.jpg /dir/sub/c.png /dir.x/d.jpg /über/é.jpg /[x]/(1)+.jpg /dir",
                "/dir/**        | /dir/b.jpg /dir/sub/c.png",
                "/dir/*         | /dir/b.jpg /dir/sub/c.png",
                "/dir*          | /dir/b.jpg /dir/sub/c.png /dir.x/d.jpg /dir",
                "*.jpg          | /a.jpg /dir/b.jpg /dir.x/d.jpg /über/é.jpg /[x]/(1)+.jpg",
                "*.JPG          |",
                "*dir*c*        | /dir/sub/c.png",
                "/di?           | /dir",
                "/dir?x/*       | /dir.x/d.jpg",
                "/dir/?.jpg     | /dir/b.jpg",
                "/?.jpg         | /a.jpg",
                "*/?.jpg        | /a.jpg /dir/b.jpg /dir.x/d.jpg /über/é.jpg",
                "?a.jpg         | /a.jpg",
                "a*             |",
                "*a             |",
                "/[x]/*         | /[x]/(1)+.jpg",
                "/[a-z]*        |",
                "/?x?/(1)+.*    | /[x]/(1)+.jpg",
                "/über/?.jpg    | /über/é.jpg",
                ".*             |",
                "*              | /a.jpg /dir/b.jpg /dir/sub/c.png /dir.x/d.jpg /über/é.jpg /[x]/(1)+.jpg /dir",
                "/dir/b.jpg*    | /dir/b.jpg",
                "/dir/b.jpg?    |",
            })
    void matchesNamesByWildcards(String wildcard, @Nullable String names) {
        keep(Stream.of("/a.jpg", "/dir/b.jpg", "/dir/sub/c.png", "/dir.x/d.jpg", "/über/é.jpg", "/[x]/(1)+.jpg", "/dir")
                .map(name -> document(name).append("filename", name))
                .toList());

        assertThat(found("{'filename':'" + wildcard + "'}")).isEqualTo(names(names));
    }

    static Stream<Arguments> strangeTexts() {
        return Stream.of(
                arguments("line\nbreak", "line*break"),
                arguments("line\nbreak", "line?break"),
                arguments("ends in a line break\n", "ends*break?"),
                arguments("\r\u2028\u0085", "???"),
                arguments("tab\there", "*here"),
                arguments("back\\slash", "back\\*"),
                arguments("\\Qquoted\\E", "\\Qquoted\\E*"),
                arguments("$1^|{2}", "$1^|{2}*"),
                arguments("a#b c", "a#b ?"),
                arguments("𝒳-emoji-🐕", "?-emoji-?"),
                arguments("null\u0000inside", "null*inside"),
                arguments("null\u0000inside", "null\u0000*"),
                arguments("日本語.jpg", "日?語*"));
    }

    @ParameterizedTest
    @MethodSource("strangeTexts")
    void matchesEveryCharacterByAWildcard(String text, String wildcard) {
        keep(List.of(document("strange").append("metadata", user("text", text))));

        assertThat(found(Map.of("metadata.user.text", wildcard))).isEqualTo(names("strange"));
        assertThat(found(Map.of("metadata.user.text", wildcard + "x"))).isEmpty();
        assertThat(found(Map.of("metadata.user.text", "x" + wildcard))).isEmpty();
    }

    @Test
    void comparesTextsWithoutWildcardsExactly() {
        List<String> texts =
                List.of("a.c", "abc", "a\u0000c", "a\nc", "A.C", "a.c\n", " a.c", "é", "e\u0301", "$where", "/a/i");
        keep(texts.stream()
                .map(text -> document(Integer.toString(texts.indexOf(text))).append("metadata", user("text", text)))
                .toList());

        for (String text : texts) {
            assertThat(found(Map.of("metadata.user.text", text)))
                    .as(text)
                    .isEqualTo(names(Integer.toString(texts.indexOf(text))));
        }
    }

    @Test
    void matchesManyWildcardsInAMoment() {
        keep(List.of(document("long").append("filename", "a".repeat(400))));

        assertThat(found("{'filename':'" + "*a".repeat(100) + "b'}")).isEmpty();
        assertThat(found("{'filename':'" + "*a".repeat(100) + "'}")).isEqualTo(names("long"));
        assertThat(found("{'filename':'" + "a*?".repeat(50) + "'}")).isEqualTo(names("long"));
        assertThat(found("{'filename':'" + "?".repeat(99) + "*" + "$".repeat(3_900) + "'}"))
                .isEmpty();
    }

    @Test
    void refusesMoreWildcardsThanTheDatabaseTakes() {
        assertRefused("{'filename':'" + "*a".repeat(101) + "'}");
        assertRefused("{'filename':{'$nin':['" + "?".repeat(101) + "']}}");
    }

    // ---- keys with dots

    @Test
    void readsADotInAPathInEveryWay() {
        keep(List.of(
                document("dot-nested").append("metadata", user("a", new Document("b", new Document("c", 1)))),
                document("dot-first").append("metadata", user("a.b", new Document("c", 1))),
                document("dot-last").append("metadata", user("a", new Document(JsonObject.storedKey("b.c"), 1))),
                document("dot-whole").append("metadata", user("a.b.c", 1)),
                document("dot-other").append("metadata", user("a.b.c", 2)),
                document("dot-none")));

        assertThat(found("{'name':'dot-*','metadata.user.a.b.c':1}"))
                .isEqualTo(names("dot-nested dot-first dot-last dot-whole"));
        assertThat(found("{'name':'dot-*','metadata.user.a.b.c':{'$in':[1,3]}}"))
                .isEqualTo(names("dot-nested dot-first dot-last dot-whole"));
        assertThat(found("{'name':'dot-*','metadata.user.a.b.c':{'$gt':1}}")).isEqualTo(names("dot-other"));
        assertThat(found("{'name':'dot-*','metadata.user.a.b.c':{'$ne':1}}")).isEqualTo(names("dot-other dot-none"));
        assertThat(found("{'name':'dot-*','metadata.user.a.b.c':{'$exists':false}}"))
                .isEqualTo(names("dot-none"));
    }

    @Test
    void takesBothEndsOfARangeForTheSameReadingOfAPath() {
        keep(List.of(
                document("range-nested").append("metadata", user("a", new Document("b", 5))),
                document("range-whole").append("metadata", user("a.b", 5)),
                document("range-both")
                        .append(
                                "metadata",
                                new Document(
                                        "user",
                                        new Document("a", new Document("b", 1))
                                                .append(JsonObject.storedKey("a.b"), 9)))));

        assertThat(found("{'name':'range-*','metadata.user.a.b':{'$gt':4,'$lt':6}}"))
                .isEqualTo(names("range-nested range-whole"));
        assertThat(
                        found(
                                "{'name':'range-*','$and':[{'metadata.user.a.b':{'$gte':4}},{'metadata.user.a.b':{'$lte':6}}]}"))
                .isEqualTo(names("range-nested range-whole"));
    }

    @Test
    void refusesMoreValuesThanTheDatabaseTakes() {
        String values = "'" + "x".repeat(60) + "',";
        String list = "[" + values.repeat(9_999) + "'x']";

        assertThat(found("{'metadata.user.a':{'$in':" + list + "}}")).isEmpty();
        assertRefused("{'metadata.user.a.b.c.d':{'$in':" + list + "}}");
    }

    // ---- ids, dates, flags

    @Test
    void comparesIdsAsTheyRise() {
        List<ObjectId> ids = Stream.generate(ObjectId::new).limit(3).toList();
        keep(ids.stream()
                .map(id -> new Document("_id", id).append("name", id.toHexString()))
                .toList());
        String first = ids.get(0).toHexString();
        String second = ids.get(1).toHexString();
        String third = ids.get(2).toHexString();

        assertThat(found("{'id':'" + second + "'}")).isEqualTo(names(second));
        assertThat(found("{'id':'" + second.toUpperCase(java.util.Locale.ROOT) + "'}"))
                .isEqualTo(names(second));
        assertThat(found("{'id':{'$gt':'" + second + "'}}")).isEqualTo(names(third));
        assertThat(found("{'id':{'$gte':'" + second + "'}}")).isEqualTo(names(second + " " + third));
        assertThat(found("{'id':{'$lt':'" + second + "'},'name':['" + first + "','" + third + "']}"))
                .isEqualTo(names(first));
        assertThat(found("{'id':['" + first + "','some_id','" + third + "']}")).isEqualTo(names(first + " " + third));
        assertThat(found("{'id':{'$nin':['" + first + "','some_id']}}")).hasSize(14);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'some_id'", "''", "7", "true", "['some_id']", "{'$in':['x',5]}", "'*'"})
    void knowsNoDocumentOfAMalformedId(String id) {
        assertThat(found("{'id':" + id + "}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"'some_id'", "{'$ne':5}", "{'$nin':['some_id']}"})
    void findsAllThatHaveAnotherThanAMalformedId(String id) {
        assertThat(found("{'id':" + (id.startsWith("{") ? id : "{'$ne':" + id + "}") + "}"))
                .hasSize(12);
    }

    @Test
    void refusesToOrderByAMalformedId() {
        assertRefused("{'id':{'$gt':'some_id'}}");
        assertRefused("{'id':{'$lt':7}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'2026-11-21T08:30:00.000Z'                    | morning",
                "'2026-11-21T08:30:00Z'                        | morning",
                "'2026-11-21T10:30:00+02:00'                   | morning",
                "'2026-11-21T03:30:00.000000-05:00'            | morning",
                "'2026-11-21T08:30:00.000'                     | morning",
                "1795249800000                                 | morning",
                "'2026-11-22'                                  | next-midnight",
                "{'$gt':'2026-11-21T08:30:00Z'}                | evening next-midnight",
                "{'$gte':'2026-11-21T08:30:00Z'}               | morning evening next-midnight",
                "{'$gt':'2026-11-21'}                          | morning evening next-midnight",
                "{'$lt':'2026-11-22'}                          | morning evening",
                "{'$lte':'2026-11-22'}                         | morning evening next-midnight",
                "{'$gte':'2026-11-21','$lt':'2026-11-22'}      | morning evening",
                "{'$ne':'2026-11-22','$exists':true}           | morning evening",
                "['2026-11-22','2026-11-21T08:30:00Z']         | morning next-midnight",
                "{'$gt':0}                                     | morning evening next-midnight",
            })
    void comparesDates(String condition, String names) {
        keepDates();

        assertThat(found("{'createdAt':" + condition + "}")).isEqualTo(names(names));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yesterday",
                "",
                "2026-13-01",
                "2026-02-30",
                "2026-11-21T25:00:00Z",
                "21.11.2026",
                "+999999999-12-31T23:59:59Z",
                "*"
            })
    void refusesToCompareADateWithSomethingElse(String text) {
        assertRefused("{'createdAt':'" + text + "'}");
        assertRefused("{'createdAt':{'$gt':'" + text + "'}}");
        assertRefused("{'createdAt':{'$in':['" + text + "']}}");
    }

    @Test
    void refusesToCompareADateWithATruth() {
        assertRefused("{'createdAt':true}");
    }

    @Test
    void takesAFlagThatIsAbsentForFalse() {
        keep(List.of(
                document("yes").append("hidden", true),
                document("no").append("hidden", false),
                document("unsaid").append("hidden", null)));
        String ours = ",'name':['yes','no','unsaid','one']}";

        assertThat(found("{'hidden':true" + ours)).isEqualTo(names("yes"));
        assertThat(found("{'hidden':false" + ours)).isEqualTo(names("no unsaid one"));
        assertThat(found("{'hidden':{'$ne':true}" + ours)).isEqualTo(names("no unsaid one"));
        assertThat(found("{'hidden':{'$ne':false}" + ours)).isEqualTo(names("yes"));
        assertThat(found("{'hidden':[false]" + ours)).isEqualTo(names("no unsaid one"));
        assertThat(found("{'hidden':{'$in':[true,false]}" + ours)).isEqualTo(names("yes no unsaid one"));
        assertThat(found("{'hidden':{'$nin':[false]}" + ours)).isEqualTo(names("yes"));
        assertThat(found("{'hidden':'true'" + ours)).isEmpty();
    }

    // ---- order

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'metadata.user.rank':'ascending'}                        | c a b d",
                "{'metadata.user.rank':'descending'}                       | d a b c",
                "{'metadata.user.rank':'descending','id':'descending'}     | d b a c",
                "{'id':'descending'}                                       | d c b a",
                "{'id':'ascending'}                                        | a b c d",
                "{}                                                        | a b c d",
                "{'colour':'ascending'}                                    | a b c d",
                "{'colour':'descending','name':'descending'}               | d c b a",
            })
    void ordersByTheKeysThenById(String sort, String names) {
        keep(List.of(
                document("a").append("metadata", user("rank", 1)),
                document("b").append("metadata", user("rank", 1)),
                document("c"),
                document("d").append("metadata", user("rank", "text"))));
        Query query = QUERIES.parse(read("{'filter':{'name':['a','b','c','d']},'sort':" + sort + "}"), "items");

        BasicQuery ordered = new BasicQuery(bson(query.filter()));
        ordered.setSortObject(new Document(FILTER.order(query.sort()).toBsonDocument()));
        List<String> found = Outcome.of(mongo.find(ordered, Document.class, collection)
                .map(document -> document.getString("name"))
                .collectList());

        assertThat(found).containsExactly(names.split(" "));
    }

    // ---- attacks

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'metadata.user.v':{'$where':'sleep(10000)'}}",
                "{'$where':'true'}",
                "{'$expr':{'$gt':['$a',1]}}",
                "{'metadata.user.v':{'$regex':'(a+)+$'}}",
                "{'metadata.user.v':{'$not':{'$eq':1}}}",
                "{'metadata.user.v':{'$ne':{'$where':'1'}}}",
                "{'metadata.user.v':[{'$where':'1'}]}",
                "{'metadata.user.v':{'x':{'$gt':''}}}",
                "{'metadata.user.v':{'$match':{'x':{'$where':'1'}}}}",
                "{'$or':[{'$nor':[]}]}",
                "{'$comment':'x'}",
            })
    void letsNothingActAsAnOperatorOfTheDatabase(String filter) {
        assertRefused(filter);
    }

    @ParameterizedTest
    @ValueSource(strings = {"$where", "$ne", "{$gt:''}", "'; return true; //", "$$ROOT", "^.*$", "/.*/", ".*", "\\\\*"})
    void takesEveryTextForAText(String text) {
        assertThat(found(Map.of("metadata.user.v", text))).isEmpty();
        assertThat(found(Map.of("name", text))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$where",
                "name.$where",
                "metadata.$where",
                "metadata.user.$",
                "metadata.$[].x",
                "metadata.user.v.$ne"
            })
    void takesEveryPathForAPath(String path) {
        if (path.startsWith("$")) {
            assertRefused("{'" + path + "':1}");
        } else {
            assertThat(found("{'" + path + "':1}")).isEmpty();
            assertThat(found("{'" + path + "':{'$exists':true}}")).isEmpty();
        }
    }

    // ---- helpers of this page

    private void keepDates() {
        keep(List.of(
                document("morning").append("createdAt", Date.from(Instant.parse("2026-11-21T08:30:00Z"))),
                document("evening").append("createdAt", Date.from(Instant.parse("2026-11-21T20:00:00.123Z"))),
                document("next-midnight").append("createdAt", Date.from(Instant.parse("2026-11-22T00:00:00Z")))));
    }

    final void keep(Collection<Document> documents) {
        Outcome.of(mongo.insert(documents, collection).then(Mono.just(true)));
    }

    static Document document(String name) {
        return new Document("name", name);
    }

    static Document user(String key, @Nullable Object value) {
        return new Document("user", new Document(JsonObject.storedKey(key), value));
    }

    static Document ref(String id, String type) {
        return new Document("id", id).append("type", type);
    }

    private static Document task(String id, String status, String timestamp) {
        return ref(id, "task").append("metadata", new Document("status", status).append("timestamp", timestamp));
    }

    static TreeSet<String> names(@Nullable String names) {
        return names == null ? new TreeSet<>() : new TreeSet<>(List.of(names.split(" ")));
    }

    private static Map<String, @Nullable Object> read(String json) {
        return JSON.readValue(json.replace('\'', '"'), new TypeReference<LinkedHashMap<String, Object>>() {});
    }

    /** The names of what a filter finds; written with ' for ". */
    final TreeSet<String> found(String filter) {
        return found(read(filter));
    }

    private TreeSet<String> found(Map<String, ?> filter) {
        Condition condition = QUERIES.parse(Collections.singletonMap("filter", filter), "items")
                .filter();
        return new TreeSet<>(Outcome.of(mongo.find(new BasicQuery(bson(condition)), Document.class, collection)
                .map(document -> document.getString("name"))
                .collectList()));
    }

    private static Document bson(Condition condition) {
        return new Document(FILTER.of(condition).toBsonDocument());
    }

    private void assertRefused(String filter) {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> found(filter))
                .satisfies(
                        problem -> assertThat(problem.getStatusCode().value()).isEqualTo(422));
    }
}
