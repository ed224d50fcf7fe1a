package io.sluice.itemservice.annotation;

import io.sluice.kit.mongo.JsonObject;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bson.BsonBinaryReader;
import org.bson.BsonReader;
import org.bson.BsonReaderMark;
import org.bson.BsonType;
import org.bson.RawBsonDocument;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * Annotations as clients see them, written while the database sends them: the same as {@link AnnotationView}, without making an
 * object of each thing in them.
 */
@Component
class AnnotationsJson {

    /** As many as are written at once. */
    private static final int PIECE = 250;

    private final JsonMapper json;

    AnnotationsJson(JsonMapper json) {
        this.json = json;
    }

    /**
     * One array of them, in pieces.
     *
     * @param annotations as they are stored
     * @param api the root of the API, for the links
     */
    Flux<byte[]> array(Flux<RawBsonDocument> annotations, String api) {
        return Flux.defer(() -> {
            Writer writer = new Writer(api);
            return annotations.buffer(PIECE).map(writer::next).concatWith(Mono.fromSupplier(writer::last));
        });
    }

    private final class Writer {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final JsonGenerator out = json.createGenerator(bytes);
        private final String api;

        private Writer(String api) {
            this.api = api;
            out.writeStartArray();
        }

        private byte[] next(List<RawBsonDocument> some) {
            some.forEach(annotation -> Stored.read(annotation).write(out, api));
            out.flush();
            byte[] piece = bytes.toByteArray();
            bytes.reset();
            return piece;
        }

        private byte[] last() {
            out.writeEndArray();
            out.close();
            return bytes.toByteArray();
        }
    }

    /**
     * An annotation in its bytes.
     *
     * @param ids by the name of the field
     * @param texts by the name of the field
     * @param times by the name of the field, in milliseconds
     * @param places of what may hold more, by the name of the field; those in {@code content} by the name there
     */
    private record Stored(
            BsonReader reader,
            Map<String, ObjectId> ids,
            Map<String, String> texts,
            Map<String, Long> times,
            Map<String, BsonReaderMark> places) {

        private static final String METADATA = "metadata";

        private static Stored read(RawBsonDocument annotation) {
            BsonReader reader = new BsonBinaryReader(annotation.getByteBuffer().asNIO());
            Stored stored = new Stored(reader, new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
            reader.readStartDocument();
            for (BsonType type = reader.readBsonType();
                    type != BsonType.END_OF_DOCUMENT;
                    type = reader.readBsonType()) {
                stored.note(reader.readName(), type);
            }
            return stored;
        }

        private void note(String name, BsonType type) {
            switch (type) {
                case OBJECT_ID -> ids.put(name, reader.readObjectId());
                case STRING -> texts.put(name, reader.readString());
                case DATE_TIME -> times.put(name, reader.readDateTime());
                case DOCUMENT -> {
                    if (name.equals("content")) {
                        reader.readStartDocument();
                        while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
                            place(reader.readName());
                        }
                        reader.readEndDocument();
                    } else {
                        place(name);
                    }
                }
                default -> reader.skipValue();
            }
        }

        private void place(String name) {
            places.put(name, reader.getMark());
            reader.skipValue();
        }

        private void write(JsonGenerator out, String api) {
            String id = id("_id");
            String itemId = id("itemId");
            String datasetId = id("datasetId");
            out.writeStartObject();
            out.writeStringProperty("id", id);
            out.writeStringProperty("url", api + "/annotations/" + id);
            text(out, "type");
            text(out, "label");
            orNone(out, Annotation.ATTRIBUTES);
            orNone(out, Annotation.COORDINATES);
            if (!optional(out, METADATA)) {
                out.writeName(METADATA);
                out.writeStartObject();
                out.writeEndObject();
            }
            text(out, "creator");
            time(out, "createdAt");
            text(out, "updatedBy");
            time(out, "updatedAt");
            out.writeStringProperty("itemId", itemId);
            out.writeStringProperty("item", api + "/items/" + itemId);
            out.writeStringProperty("datasetId", datasetId);
            out.writeStringProperty("dataset", api + "/datasets/" + datasetId);
            text(out, "hash");
            optional(out, "source");
            optional(out, "description");
            optional(out, "srcAnnotation");
            orNone(out, "labelSuggestions");
            out.writeEndObject();
        }

        private String id(String name) {
            return required(ids.get(name), name).toHexString();
        }

        private void text(JsonGenerator out, String name) {
            out.writeStringProperty(name, required(texts.get(name), name));
        }

        private void time(JsonGenerator out, String name) {
            out.writeStringProperty(name, AnnotationView.text(Instant.ofEpochMilli(required(times.get(name), name))));
        }

        private static <T> T required(@Nullable T value, String name) {
            return Objects.requireNonNull(value, name);
        }

        private void orNone(JsonGenerator out, String name) {
            if (!optional(out, name)) {
                out.writeName(name);
                out.writeStartArray();
                out.writeEndArray();
            }
        }

        /** False where there is none, or nothing in it. */
        private boolean optional(JsonGenerator out, String name) {
            BsonReaderMark place = places.get(name);
            if (place == null) {
                return false;
            }
            place.reset();
            if (reader.getCurrentBsonType() == BsonType.NULL) {
                return false;
            }
            out.writeName(name);
            value(reader, out);
            return true;
        }
    }

    /** What {@link JsonObject} makes of it. */
    private static void value(BsonReader reader, JsonGenerator out) {
        switch (reader.getCurrentBsonType()) {
            case DOCUMENT -> {
                reader.readStartDocument();
                out.writeStartObject();
                while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
                    out.writeName(JsonObject.givenKey(reader.readName()));
                    value(reader, out);
                }
                reader.readEndDocument();
                out.writeEndObject();
            }
            case ARRAY -> {
                reader.readStartArray();
                out.writeStartArray();
                while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
                    value(reader, out);
                }
                reader.readEndArray();
                out.writeEndArray();
            }
            case STRING -> out.writeString(reader.readString());
            case INT32 -> out.writeNumber(reader.readInt32());
            case INT64 -> out.writeNumber(reader.readInt64());
            case DOUBLE -> out.writeNumber(reader.readDouble());
            case BOOLEAN -> out.writeBoolean(reader.readBoolean());
            case DECIMAL128 -> {
                BigDecimal number = reader.readDecimal128().bigDecimalValue();
                if (number.scale() <= 0) {
                    out.writeNumber(number.toBigInteger());
                } else {
                    out.writeNumber(number);
                }
            }
            default -> {
                reader.skipValue();
                out.writeNull();
            }
        }
    }
}
