package io.sluice.itemservice.annotation;

import io.sluice.kit.query.Condition;
import io.sluice.kit.query.QueryParser;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/** What people have said of items: what models are compared with. */
@Component
public class PeoplesAnnotations {

    private final Annotations annotations;

    PeoplesAnnotations(Annotations annotations) {
        this.annotations = annotations;
    }

    /**
     * One annotation.
     *
     * @param coordinates as clients write them; null for what has none
     */
    public record Said(
            String itemId,
            String type,
            String label,
            @Nullable Object coordinates) {}

    /**
     * Those of some types, read as fast as they are taken; those of an item together, in the order of their creation. What a
     * model has made counts from the time that somebody has changed it.
     */
    public Flux<Said> of(Collection<String> itemIds, Collection<String> types) {
        Condition wanted = QueryParser.accepted(Map.of("filter", Map.of("type", Map.of("$in", types))));
        return annotations
                .of(itemIds, wanted)
                .filter(annotation -> annotation.version() != Annotations.STORED_FIRST || !isOfModel(annotation))
                .map(annotation -> new Said(
                        annotation.itemId(),
                        annotation.type(),
                        annotation.label(),
                        annotation.content().members().get(Annotation.COORDINATES)));
    }

    private static boolean isOfModel(Annotation annotation) {
        return !annotation.metadata().object("user").object("model").members().isEmpty();
    }
}
