package io.sluice.itemservice.feature;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A vector that a client wants to be kept.
 *
 * @param said what it said, for messages
 * @param value its numbers
 * @param project the project that it takes the set to be in; null when it does not say
 * @param datasetId the dataset that it takes the entity to be in; null when it does not say
 */
record NewVector(
        Input said,
        String featureSetId,
        String entityId,
        Numbers value,
        @Nullable String project,
        @Nullable String datasetId,
        @Nullable String version,
        @Nullable String parentId,
        @Nullable String org) {

    static final int LONGEST_TEXT = 250;

    static final String FEATURE_SET_ID = "featureSetId";
    static final String ENTITY_ID = "entityId";
    static final String VALUE = "value";
    static final String PROJECT = "project";
    static final String DATASET_ID = "datasetId";

    static NewVector parse(Input said) {
        return new NewVector(
                said,
                said.text(FEATURE_SET_ID, LONGEST_TEXT),
                said.text(ENTITY_ID, LONGEST_TEXT),
                Numbers.parse(said, VALUE),
                said.optionalText(PROJECT, LONGEST_TEXT),
                said.optionalText(DATASET_ID, LONGEST_TEXT),
                said.optionalText("version", LONGEST_TEXT),
                said.optionalText("parentId", LONGEST_TEXT),
                said.optionalText("org", LONGEST_TEXT));
    }

    /** @throws org.springframework.web.ErrorResponseException when it is not of the set's size or of its project */
    void requireOf(FeatureSet set) {
        value.requireSize(said, VALUE, set.size());
        if (project != null && !project.equals(set.projectId())) {
            throw said.invalid(PROJECT, "is not the project of the set");
        }
    }

    /** The numbers of a vector. */
    record Numbers(byte[] packed) {

        /** Squares and their sums stay far within what a {@code double} can hold. */
        static final double LARGEST = 1e100;

        static Numbers parse(Input said, String key) {
            if (!(said.members().get(key) instanceof List<?> list)) {
                throw said.invalid(key, said.has(key) ? "must be a list of numbers" : "is missing");
            }
            if (list.isEmpty() || list.size() > FeatureSetContent.LARGEST_SIZE) {
                throw said.invalid(key, "must have 1 to " + FeatureSetContent.LARGEST_SIZE + " numbers");
            }
            double[] numbers = new double[list.size()];
            for (int index = 0; index < numbers.length; index++) {
                if (!(list.get(index) instanceof Number number)) {
                    throw said.invalid(key + "[" + index + "]", "must be a number");
                }
                numbers[index] = number.doubleValue();
                // Also false for what is no number.
                if (!(Math.abs(numbers[index]) <= LARGEST)) {
                    throw said.invalid(key + "[" + index + "]", "must be from -1e100 to 1e100");
                }
            }
            return new Numbers(Packed.of(numbers));
        }

        void requireSize(Input said, String key, int size) {
            if (Packed.count(packed) != size) {
                throw said.invalid(key, "must have as many numbers as the set says: " + size);
            }
        }
    }
}
