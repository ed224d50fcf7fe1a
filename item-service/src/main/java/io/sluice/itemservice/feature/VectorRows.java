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
record VectorRows(ObjectId[] ids, double[] numbers) implements VectorBlock {

    /**
     * @param documents of {@link FeatureVectors#numbers}
     * @param size how many numbers each vector has
     */
    static VectorRows of(List<RawBsonDocument> documents, int size) {
        VectorRows block = new VectorRows(new ObjectId[documents.size()], new double[documents.size() * size]);
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

    @Override
    public long bytes() {
        return (long) ids.length * BYTES_OF_AN_ID + (long) numbers.length * Double.BYTES;
    }
}
