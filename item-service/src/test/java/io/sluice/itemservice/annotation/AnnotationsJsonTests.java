package io.sluice.itemservice.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.mongo.JsonObject;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;
import org.bson.types.Binary;
import org.bson.types.Code;
import org.bson.types.Decimal128;
import org.bson.types.MinKey;
import org.bson.types.ObjectId;
import org.bson.types.Symbol;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

class AnnotationsJsonTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String API = "https://gate.example/api/v1";
    private static final JsonMapper JSON = new JsonMapper();

    private static Annotation annotation(Map<String, Object> content, Map<String, Object> metadata) {
        Instant made = Instant.parse("2026-01-31T08:00:00.120Z");
        return new Annotation(
                new ObjectId().toHexString(),
                3,
                new ObjectId().toHexString(),
                new ObjectId().toHexString(),
                "box",
                "\"sheep\" — 🐑",
                new JsonObject(content),
                new JsonObject(metadata),
                "0a",
                "mary@example.org",
                made,
                "john@example.org",
                made.plusSeconds(61),
                JsonObject.EMPTY.with("fields", List.of("label")));
    }

    private static String written(List<Annotation> annotations) {
        return json(Flux.fromIterable(annotations).map(annotation -> annotation.toDocument(3)));
    }

    private static String json(Flux<Document> documents) {
        Flux<RawBsonDocument> stored = documents.map(document -> new RawBsonDocument(document, new DocumentCodec()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new AnnotationsJson(JSON).array(stored, API).doOnNext(bytes::writeBytes).blockLast(PATIENCE);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String viewed(List<Annotation> annotations) {
        return JSON.writeValueAsString(annotations.stream()
                .map(annotation -> AnnotationView.of(annotation, API))
                .toList());
    }

    @Test
    void writesWhatTheViewSays() {
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("whole", 1);
        numbers.put("long", 1L << 40);
        numbers.put("part", 20.5);
        numbers.put("large", new BigInteger("123456789012345678901234567890"));
        numbers.put("exact", new BigDecimal("0.1000000000000000000000000001"));
        numbers.put("$key.with~dots", Arrays.asList(true, null, List.of(), Map.of()));
        List<Annotation> annotations = List.of(
                annotation(
                        Map.of(
                                "coordinates",
                                List.of(Map.of("x", 1, "y", 2.25)),
                                "source",
                                "sdk",
                                "description",
                                "",
                                "srcAnnotation",
                                "6920",
                                "attributes",
                                Map.of("a", "b")),
                        Map.of("user", numbers, "system", Map.of())),
                annotation(Map.of(), Map.of()));

        assertThat(written(annotations)).isEqualTo(viewed(annotations));
    }

    @Test
    void writesAnyNumberOfThem() {
        List<Annotation> many = new ArrayList<>();
        IntStream.range(0, 1_100).forEach(number -> many.add(annotation(Map.of("source", "" + number), Map.of())));

        assertThat(written(many)).isEqualTo(viewed(many));
        assertThat(written(List.of())).isEqualTo("[]");
    }

    @Test
    void findsEachMemberWhereverTheDatabaseHasIt() {
        Annotation annotation = annotation(
                Map.of("coordinates", List.of(1), "label", "not this one"),
                Map.of("_id", "nor this", "system", Map.of("ü ~ ünïcode/\u0001", "a/b \u2028 \\ \"")));
        Document stored = annotation.toDocument(1);
        Document turned = new Document("later", new Document("hash", "none")).append("times", new Date(0));
        List<String> names = new ArrayList<>(stored.keySet());
        Collections.reverse(names);
        names.forEach(name -> turned.append(name, stored.get(name)));

        assertThat(json(Flux.just(turned, stored))).isEqualTo(viewed(List.of(annotation, annotation)));
    }

    @Test
    void skipsWhateverElseIsStored() {
        Annotation annotation = annotation(Map.of(), Map.of("a", 1));
        Document stored = new Document("min", new MinKey())
                .append("binary", new Binary(new byte[] {1, 0, 2}))
                .append("decimal", new Decimal128(3))
                .append("time", new BsonTimestamp(7))
                .append("symbol", new Symbol("s"))
                .append("code", new Code("return"))
                .append("none", null)
                .append("yes", true);
        stored.putAll(annotation.toDocument(1));

        assertThat(json(Flux.just(stored))).isEqualTo(viewed(List.of(annotation)));
    }

    @Test
    void makesOfAnAnnotationWhatIsStored() {
        Document stored =
                annotation(Map.of("coordinates", List.of()), Map.of("a.b", 1)).toDocument(7);

        assertThat(stored.getLong("version")).isEqualTo(7);
        assertThat(Objects.requireNonNull(stored.get("metadata", Document.class))
                        .keySet())
                .containsExactly("a~1b");
        assertThat(stored.get("changed")).isNotNull();
    }
}
