package io.sluice.itemservice.item;

import com.mongodb.reactivestreams.client.MongoCollection;
import io.sluice.itemservice.content.Content;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.mongo.JsonObjectDecoder;
import java.time.Instant;
import java.util.Objects;
import org.bson.BsonBinaryReader;
import org.bson.BsonReader;
import org.bson.BsonType;
import org.bson.BsonWriter;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.Codec;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;
import org.bson.codecs.RawBsonDocumentCodec;
import org.bson.codecs.configuration.CodecRegistries;
import org.jspecify.annotations.Nullable;

/**
 * Reads an {@link Item} straight from what the database sends: lists and exports spend most of their time on that. Written are
 * items by Spring Data, in the same form.
 */
final class ItemDecoder implements Codec<Item> {

    private static final ItemDecoder INSTANCE = new ItemDecoder();

    private static final RawBsonDocumentCodec COPIES = new RawBsonDocumentCodec();

    private static final JsonObjectDecoder JSON = new JsonObjectDecoder();

    private ItemDecoder() {}

    /** The collection, to be read from. */
    static MongoCollection<Item> reading(MongoCollection<Document> items) {
        return items.withDocumentClass(Item.class)
                .withCodecRegistry(
                        CodecRegistries.fromRegistries(CodecRegistries.fromCodecs(INSTANCE), items.getCodecRegistry()));
    }

    @Override
    public Class<Item> getEncoderClass() {
        return Item.class;
    }

    @Override
    public void encode(BsonWriter writer, Item item, EncoderContext context) {
        throw new UnsupportedOperationException("Spring Data writes items");
    }

    /**
     * What comes over the network lies in buffers in buffers, where each look at a byte goes through all of them: it is copied
     * as a whole first.
     */
    @Override
    public Item decode(BsonReader reader, DecoderContext context) {
        RawBsonDocument copied = COPIES.decode(reader, context);
        try (BsonBinaryReader copy = new BsonBinaryReader(copied.getByteBuffer().asNIO())) {
            return read(copy, context);
        }
    }

    private static Item read(BsonReader reader, DecoderContext context) {
        Members members = new Members();
        reader.readStartDocument();
        while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
            String name = reader.readName();
            if (reader.getCurrentBsonType() == BsonType.NULL) {
                reader.readNull();
            } else {
                members.read(name, reader, context);
            }
        }
        reader.readEndDocument();
        return members.item();
    }

    private static long readNumber(BsonReader reader) {
        return reader.getCurrentBsonType() == BsonType.INT64 ? reader.readInt64() : reader.readInt32();
    }

    /** What has been read of a document so far. */
    private static final class Members {

        private @Nullable String id;
        private long version;
        private @Nullable String datasetId;
        private @Nullable String type;
        private @Nullable String filename;
        private @Nullable String name;
        private @Nullable String dir;
        private boolean hidden;
        private @Nullable String creator;
        private @Nullable Instant createdAt;
        private @Nullable String updatedBy;
        private @Nullable Instant updatedAt;
        private @Nullable String description;
        private boolean annotated;
        private long annotationsCount;
        private @Nullable Content content;
        private @Nullable String movedFrom;
        private Item.@Nullable Source source;
        private @Nullable Long quietVersion;
        private JsonObject metadata = JsonObject.EMPTY;

        private void read(String member, BsonReader reader, DecoderContext context) {
            switch (member) {
                case "_id" -> id = reader.readObjectId().toHexString();
                case "version" -> version = readNumber(reader);
                case "datasetId" -> datasetId = reader.readObjectId().toHexString();
                case "type" -> type = reader.readString();
                case "filename" -> filename = reader.readString();
                case "name" -> name = reader.readString();
                case "dir" -> dir = reader.readString();
                case "hidden" -> hidden = reader.readBoolean();
                case "creator" -> creator = reader.readString();
                case "createdAt" -> createdAt = Instant.ofEpochMilli(reader.readDateTime());
                case "updatedBy" -> updatedBy = reader.readString();
                case "updatedAt" -> updatedAt = Instant.ofEpochMilli(reader.readDateTime());
                case "description" -> description = reader.readString();
                case "annotated" -> annotated = reader.readBoolean();
                case "annotationsCount" -> annotationsCount = readNumber(reader);
                case "content" -> content = readContent(reader);
                case "movedFrom" -> movedFrom = reader.readString();
                case "source" -> source = readSource(reader);
                case "quietVersion" -> quietVersion = readNumber(reader);
                case "metadata" -> metadata = JSON.decode(reader, context);
                default -> reader.skipValue();
            }
        }

        private static Content readContent(BsonReader reader) {
            String sha256 = null;
            long size = 0;
            reader.readStartDocument();
            while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
                switch (reader.readName()) {
                    case "sha256" -> sha256 = reader.readString();
                    case "size" -> size = readNumber(reader);
                    default -> reader.skipValue();
                }
            }
            reader.readEndDocument();
            return new Content(Objects.requireNonNull(sha256), size);
        }

        private static Item.Source readSource(BsonReader reader) {
            String itemId = null;
            String datasetId = null;
            reader.readStartDocument();
            while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
                switch (reader.readName()) {
                    case "itemId" -> itemId = reader.readObjectId().toHexString();
                    case "datasetId" -> datasetId = reader.readObjectId().toHexString();
                    default -> reader.skipValue();
                }
            }
            reader.readEndDocument();
            return new Item.Source(Objects.requireNonNull(itemId), Objects.requireNonNull(datasetId));
        }

        private Item item() {
            return new Item(
                    Objects.requireNonNull(id),
                    version,
                    Objects.requireNonNull(datasetId),
                    Objects.requireNonNull(type),
                    Objects.requireNonNull(filename),
                    Objects.requireNonNull(name),
                    Objects.requireNonNull(dir),
                    hidden,
                    Objects.requireNonNull(creator),
                    Objects.requireNonNull(createdAt),
                    Objects.requireNonNull(updatedBy),
                    Objects.requireNonNull(updatedAt),
                    description,
                    annotated,
                    annotationsCount,
                    content,
                    movedFrom,
                    source,
                    quietVersion,
                    metadata);
        }
    }
}
