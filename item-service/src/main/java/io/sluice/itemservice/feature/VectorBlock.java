package io.sluice.itemservice.feature;

import java.util.List;
import org.bson.BsonBinaryReader;
import org.bson.BsonType;
import org.bson.RawBsonDocument;
import org.bson.types.ObjectId;

/**
 * Some vectors of a set, side by side, so that looking at all of them means to go once through the memory.
 *
 * @param ids of each
 * @param numbers of all, one after the other
 */
record VectorBlock(ObjectId[] ids, double[] numbers) {

    private static final int BYTES_OF_AN_ID = 32;

    /**
     * @param documents of {@link FeatureVectors#numbers}
     * @param size how many numbers each vector has
     */
    static VectorBlock of(List<RawBsonDocument> documents, int size) {
        VectorBlock block = new VectorBlock(new ObjectId[documents.size()], new double[documents.size() * size]);
        for (int index = 0; index < documents.size(); index++) {
            block.read(documents.get(index), index, size);
        }
        return block;
    }

    private void read(RawBsonDocument document, int index, int size) {
        try (BsonBinaryReader reader =
                new BsonBinaryReader(document.getByteBuffer().asNIO())) {
            reader.readStartDocument();
            while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
                switch (reader.readName()) {
                    case FeatureVector.ID -> ids[index] = reader.readObjectId();
                    case FeatureVector.PACKED ->
                        Packed.read(reader.readBinaryData().getData(), numbers, index * size);
                    default -> reader.skipValue();
                }
            }
        }
    }

    /** As much of the memory as it takes. */
    long bytes() {
        return (long) ids.length * BYTES_OF_AN_ID + (long) numbers.length * Double.BYTES;
    }
}
