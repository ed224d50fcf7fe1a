package io.sluice.itemservice.item;

import io.sluice.itemservice.annotation.AnnotationQueries;
import io.sluice.kit.command.Command;
import io.sluice.kit.mongo.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Adds the same classification to all files that match a query, as a command. */
@Component
class ItemsClassification extends WorkOnMatches {

    static final String TYPE = "ClassifyItems";

    private static final String ANNOTATION = "annotation";

    private final AnnotationQueries annotations;

    ItemsClassification(Items items, AnnotationQueries annotations) {
        super(items);
        this.annotations = annotations;
    }

    static JsonObject whatOf(Map<String, @Nullable Object> query, JsonObject classification) {
        return whatOf(query).with(ANNOTATION, classification.members());
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    Mono<Void> carryOut(Command command, List<Items.Entry> matches) {
        List<String> files = matches.stream()
                .filter(entry -> !entry.isDirectory())
                .map(Items.Entry::id)
                .toList();
        return annotations.classify(
                command.datasetId(), files, command.todo().object(ANNOTATION), command.id(), command.creator());
    }
}
