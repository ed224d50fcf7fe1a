package io.sluice.kit.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.query.FieldMapping.Field;
import io.sluice.kit.query.FieldMapping.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.ErrorResponseException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Whatever a client sends, the database gets no other operators than those that we have words for. */
class HostileQueryTests {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final QueryParser QUERIES = new QueryParser(QueryLimitsTests.defaults());
    private static final Set<String> OURS = Set.of(
            "$and",
            "$or",
            "$nor",
            "$not",
            "$in",
            "$nin",
            "$ne",
            "$gt",
            "$gte",
            "$lt",
            "$lte",
            "$type",
            "$exists",
            "$elemMatch");

    private static final MongoFilter FILTER = new MongoFilter(path -> switch (path) {
        case "id" -> new Field("_id", Type.ID);
        case "createdAt" -> new Field(path, Type.DATE);
        case "hidden" -> new Field(path, Type.FLAG);
        default -> Field.ofClientJson("metadata." + path);
    });

    /** Where an operator of the database could be slipped in; OP stands for it, FIELD for a field of some type. */
    private static final List<String> PLACES = List.of(
            "{'OP':'true'}",
            "{'OP':{'a':1}}",
            "{'$and':[{'OP':1}]}",
            "{'$or':[{'x':1},{'$and':[{'OP':[]}]}]}",
            "{'FIELD':{'OP':'true'}}",
            "{'FIELD':{'$eq':1,'OP':1}}",
            "{'FIELD':{'$eq':{'OP':1}}}",
            "{'FIELD':{'$ne':{'OP':1}}}",
            "{'FIELD':{'$gt':{'OP':1}}}",
            "{'FIELD':{'$exists':{'OP':1}}}",
            "{'FIELD':{'$glob':{'OP':1}}}",
            "{'FIELD':{'$in':[{'OP':1}]}}",
            "{'FIELD':{'$in':{'OP':1}}}",
            "{'FIELD':[{'OP':1}]}",
            "{'FIELD':{'a':{'OP':1}}}",
            "{'FIELD':{'a':[{'b':{'OP':1}}]}}",
            "{'FIELD':{'$or':[{'OP':1}]}}",
            "{'FIELD':{'$and':[{'a':{'OP':1}}]}}",
            "{'FIELD':{'$match':{'OP':1}}}",
            "{'FIELD':{'$match':{'a':{'OP':1}}}}",
            "{'FIELD':{'$match':{'a':{'b':{'OP':1}}}}}",
            "{'FIELD':{'$match':{'a':{'$eq':{'OP':1}}}}}",
            "{'FIELD':{'$match':{'$or':[{'OP':1}]}}}",
            "{'FIELD':{'$match':{'a':{'$match':{'OP':1}}}}}",
            "{'FIELD':{'$matchAll':{'OP':1}}}",
            "{'FIELD':{'$matchAll':{'$in':[{'OP':1}]}}}",
            "{'FIELD':'OP'}",
            "{'FIELD':{'$ne':'OP'}}",
            "{'FIELD':{'$glob':'OP*'}}",
            "{'FIELD':{'$match':{'a':'OP'}}}",
            "{'FIELD':{'a':'OP'}}",
            "{'FIELD.OP':1}",
            "{'FIELD.OP':{'$ne':1}}",
            "{'FIELD.OP.a':{'$match':{'b.OP':1}}}",
            "{'FIELD.OP.OP':{'b':1}}");

    static Stream<String> operators() {
        return Stream.of(
                "$where",
                "$function",
                "$expr",
                "$accumulator",
                "$jsonSchema",
                "$text",
                "$regex",
                "$options",
                "$comment",
                "$nor",
                "$not",
                "$elemMatch",
                "$type",
                "$mod",
                "$all",
                "$size",
                "$near",
                "$geoWithin",
                "$bitsAllSet",
                "$set",
                "$merge",
                "$out",
                "$lookup",
                "$$ROOT",
                "$ref",
                "$id",
                "$",
                "$[]",
                "$where\u0000",
                "\u0000$where",
                "$Where",
                " $where",
                "＄where");
    }

    @ParameterizedTest
    @MethodSource("operators")
    void noneIsTheirs(String operator) {
        for (String place : PLACES) {
            for (String field : List.of("x", "id", "createdAt", "hidden")) {
                String filter = place.replace("OP", operator.replace("\u0000", "\\u0000"))
                        .replace("FIELD", field);

                assertThat(operatorsIn(filter)).as(filter).isSubsetOf(OURS);
            }
        }
    }

    /** Told apart from data by nothing but the place where they stand. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'x':{'$gt':''},'$and':[]}",
                "{'x':'this.a == 1 || true'}",
                "{'x':'\"}, \"$where\": \"1'}",
                "{'x':'/.*/'}",
                "{'x':'$(sleep 1)'}",
                "{'x.y.$.z':1}",
                "{'__proto__':{'a':1}}",
                "{'x':{'__proto__':1}}",
                "{'x':{'$match':{'y.$[].z':{'$gt':1}}}}",
            })
    void dataStaysData(String filter) {
        assertThat(operatorsIn(filter.replace("\"", "\\\""))).isSubsetOf(OURS);
    }

    /** The keys with a dollar of what the database gets; none when the query is refused, which has to be by 422. */
    private static Set<String> operatorsIn(String filter) {
        Map<String, @Nullable Object> query = JSON.readValue(
                "{\"filter\":" + filter.replace('\'', '"') + "}",
                new TypeReference<LinkedHashMap<String, Object>>() {});
        Set<String> found = new TreeSet<>();
        try {
            collect(FILTER.of(QUERIES.parse(query, "items").filter()).toBsonDocument(), found);
        } catch (ErrorResponseException refused) {
            assertThat(refused.getStatusCode().value()).isEqualTo(422);
        }
        return found;
    }

    private static void collect(BsonValue value, Set<String> found) {
        if (value instanceof BsonDocument document) {
            document.forEach((key, member) -> {
                for (String part : key.split("\\.", -1)) {
                    if (part.startsWith("$")) {
                        found.add(part);
                    }
                }
                collect(member, found);
            });
        } else if (value instanceof BsonArray list) {
            list.forEach(member -> collect(member, found));
        }
    }
}
