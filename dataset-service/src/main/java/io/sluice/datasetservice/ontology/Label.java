package io.sluice.datasetservice.ontology;

import io.sluice.kit.mongo.JsonObject;

/**
 * One label of an ontology.
 *
 * @param id 24 hexadecimal characters; stays when the label is changed or the tree is replaced
 * @param path the tags from the root to this one with dots between, as annotations name it; unique in the ontology
 * @param value {@code tag}, {@code color}, {@code displayLabel}, {@code attributes}, {@code displayData}, and what else
 *     clients keep with it
 */
record Label(String id, String path, JsonObject value) {

    static final char SEPARATOR = '.';

    /** The path of the label above; empty for a root. */
    static String parentOf(String path) {
        int end = path.lastIndexOf(SEPARATOR);
        return end < 0 ? "" : path.substring(0, end);
    }

    String parentPath() {
        return parentOf(path);
    }

    String rootPath() {
        int end = path.indexOf(SEPARATOR);
        return end < 0 ? path : path.substring(0, end);
    }

    /** 0 for a root. */
    int depth() {
        return (int) path.chars().filter(character -> character == SEPARATOR).count();
    }

    /** Whether it is that label or below it. */
    boolean isIn(String ancestor) {
        return path.startsWith(ancestor)
                && (path.length() == ancestor.length() || path.charAt(ancestor.length()) == SEPARATOR);
    }
}
