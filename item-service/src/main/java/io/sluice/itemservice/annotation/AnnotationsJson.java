package io.sluice.itemservice.annotation;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.bson.BsonType;
import org.bson.RawBsonDocument;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.SerializedString;
import tools.jackson.databind.json.JsonMapper;

/**
 * Annotations as clients see them, written while the database sends them: the same as {@link AnnotationView}, without making an
 * object of each thing in them.
 */
@Component
class AnnotationsJson {

    /** As many as are written at once. */
    private static final int PIECE = 250;

    /** As much as such a piece usually is. */
    private static final int BYTES_OF_PIECE = 256 * 1024;

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

    /** What an annotation has, where it is stored and how it is told. */
    private enum Member {
        ID("_id", "id"),
        URL("url"),
        TYPE("type"),
        LABEL("label"),
        ATTRIBUTES(Annotation.ATTRIBUTES),
        COORDINATES(Annotation.COORDINATES),
        METADATA("metadata"),
        CREATOR("creator"),
        CREATED_AT("createdAt"),
        UPDATED_BY("updatedBy"),
        UPDATED_AT("updatedAt"),
        ITEM_ID("itemId"),
        ITEM("item"),
        DATASET_ID("datasetId"),
        DATASET("dataset"),
        HASH("hash"),
        SOURCE("source"),
        DESCRIPTION("description"),
        SRC_ANNOTATION("srcAnnotation"),
        LABEL_SUGGESTIONS("labelSuggestions");

        private final StoredName stored;
        private final SerializableString told;

        Member(String name) {
            this(name, name);
        }

        Member(String stored, String told) {
            this.stored = new StoredName(stored);
            this.told = new SerializedString(told);
        }
    }

    private static final List<Member> OF_ANNOTATION = List.of(
            Member.ID,
            Member.ITEM_ID,
            Member.DATASET_ID,
            Member.TYPE,
            Member.LABEL,
            Member.METADATA,
            Member.HASH,
            Member.CREATOR,
            Member.CREATED_AT,
            Member.UPDATED_BY,
            Member.UPDATED_AT);

    private static final List<Member> OF_CONTENT = List.of(
            Member.COORDINATES,
            Member.ATTRIBUTES,
            Member.SOURCE,
            Member.DESCRIPTION,
            Member.SRC_ANNOTATION,
            Member.LABEL_SUGGESTIONS);

    private static final StoredName CONTENT = new StoredName("content");

    /** What annotations belong to: many in a row to the same. */
    private static final class Linked {

        private final String url;
        private StoredBytes last = StoredBytes.NONE;
        private int lastAt;
        private SerializableString id = new SerializedString("");
        private SerializableString link = id;

        private Linked(String url) {
            this.url = url;
        }

        private void next(StoredBytes annotation, int at) {
            if (last == StoredBytes.NONE || !annotation.hasSameId(at, last, lastAt)) {
                String hex = annotation.hex(at);
                id = new SerializedString(hex);
                link = new SerializedString(url + hex);
                last = annotation;
                lastAt = at;
            }
        }
    }

    private final class Writer {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(BYTES_OF_PIECE);
        private final JsonGenerator out = json.createGenerator(bytes);
        private final String annotationUrl;
        private final Linked item;
        private final Linked dataset;

        /** Where each member of the annotation that is written is; 0 for what it does not have. */
        private final int[] places = new int[Member.values().length];

        private long lastMillis;
        private String lastTime = AnnotationView.text(Instant.EPOCH);

        private Writer(String api) {
            annotationUrl = api + "/annotations/";
            item = new Linked(api + "/items/");
            dataset = new Linked(api + "/datasets/");
            out.writeStartArray();
        }

        private byte[] next(List<RawBsonDocument> some) {
            some.forEach(annotation -> write(StoredBytes.of(annotation)));
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

        private void write(StoredBytes annotation) {
            Arrays.fill(places, 0);
            find(annotation);
            String id = annotation.hex(place(Member.ID));
            item.next(annotation, place(Member.ITEM_ID));
            dataset.next(annotation, place(Member.DATASET_ID));
            out.writeStartObject();
            text(Member.ID, id);
            text(Member.URL, annotationUrl + id);
            required(annotation, Member.TYPE);
            required(annotation, Member.LABEL);
            orNone(annotation, Member.ATTRIBUTES);
            orNone(annotation, Member.COORDINATES);
            if (!optional(annotation, Member.METADATA)) {
                out.writeName(Member.METADATA.told);
                out.writeStartObject();
                out.writeEndObject();
            }
            required(annotation, Member.CREATOR);
            text(Member.CREATED_AT, time(annotation, Member.CREATED_AT));
            required(annotation, Member.UPDATED_BY);
            text(Member.UPDATED_AT, time(annotation, Member.UPDATED_AT));
            text(Member.ITEM_ID, item.id);
            text(Member.ITEM, item.link);
            text(Member.DATASET_ID, dataset.id);
            text(Member.DATASET, dataset.link);
            required(annotation, Member.HASH);
            optional(annotation, Member.SOURCE);
            optional(annotation, Member.DESCRIPTION);
            optional(annotation, Member.SRC_ANNOTATION);
            orNone(annotation, Member.LABEL_SUGGESTIONS);
            out.writeEndObject();
        }

        private void find(StoredBytes annotation) {
            for (int at = annotation.first(); annotation.isElement(at); at = annotation.next(at)) {
                if (CONTENT.isAt(annotation, at) && annotation.type(at) == BsonType.DOCUMENT) {
                    for (int in = annotation.firstIn(at); annotation.isElement(in); in = annotation.next(in)) {
                        note(OF_CONTENT, annotation, in);
                    }
                } else {
                    note(OF_ANNOTATION, annotation, at);
                }
            }
        }

        private void note(List<Member> members, StoredBytes annotation, int at) {
            for (int index = 0; index < members.size(); index++) {
                Member member = members.get(index);
                if (member.stored.isAt(annotation, at)) {
                    places[member.ordinal()] = at;
                    return;
                }
            }
        }

        private int place(Member member) {
            if (places[member.ordinal()] == 0) {
                throw new IllegalStateException("An annotation is stored without its " + member.stored);
            }
            return places[member.ordinal()];
        }

        private String time(StoredBytes annotation, Member member) {
            long millis = annotation.millis(place(member));
            // Most are of the same moment: made together, and not changed since.
            if (millis != lastMillis) {
                lastMillis = millis;
                lastTime = AnnotationView.text(Instant.ofEpochMilli(millis));
            }
            return lastTime;
        }

        private void text(Member member, String value) {
            out.writeName(member.told);
            out.writeString(value);
        }

        private void text(Member member, SerializableString value) {
            out.writeName(member.told);
            out.writeString(value);
        }

        private void required(StoredBytes annotation, Member member) {
            out.writeName(member.told);
            annotation.write(place(member), out);
        }

        private void orNone(StoredBytes annotation, Member member) {
            if (!optional(annotation, member)) {
                out.writeName(member.told);
                out.writeStartArray();
                out.writeEndArray();
            }
        }

        /** False where there is none, or nothing in it. */
        private boolean optional(StoredBytes annotation, Member member) {
            int at = places[member.ordinal()];
            if (at == 0 || annotation.type(at) == BsonType.NULL) {
                return false;
            }
            out.writeName(member.told);
            annotation.write(at, out);
            return true;
        }
    }
}
