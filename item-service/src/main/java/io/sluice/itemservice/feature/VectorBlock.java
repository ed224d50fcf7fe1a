package io.sluice.itemservice.feature;

import org.bson.types.ObjectId;

/** Some vectors of a set, side by side, so that looking at all of them means to go once through the memory. */
sealed interface VectorBlock permits VectorRows, VectorColumns {

    /** What an id takes, about. */
    int BYTES_OF_AN_ID = 32;

    /** Of each of them. */
    ObjectId[] ids();

    /** As much of the memory as it takes. */
    long bytes();
}
