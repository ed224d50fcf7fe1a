package io.sluice.itemservice.annotation;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The name of an element, to be known again in the bytes of a document. */
final class StoredName {

    private final byte[] name;

    /** @param name of one character or more */
    StoredName(String name) {
        this.name = name.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether the element at that place has this name. */
    boolean isAt(StoredBytes document, int at) {
        int begin = at + 1;
        int end = begin + name.length;
        byte[] in = document.array();
        // Most others differ in one of these two.
        return end < in.length
                && in[begin] == name[0]
                && in[end] == 0
                && Arrays.equals(in, begin, end, name, 0, name.length);
    }

    @Override
    public String toString() {
        return new String(name, StandardCharsets.UTF_8);
    }
}
