package io.sluice.itemservice.annotation;

import java.util.List;

/** What is to be said of one item that comes with its annotations. */
public final class NewAnnotations {

    public static final NewAnnotations NONE = new NewAnnotations(List.of());

    private final List<AnnotationContent> contents;

    NewAnnotations(List<AnnotationContent> contents) {
        this.contents = List.copyOf(contents);
    }

    List<AnnotationContent> contents() {
        return contents;
    }

    public int count() {
        return contents.size();
    }

    public boolean isEmpty() {
        return contents.isEmpty();
    }
}
