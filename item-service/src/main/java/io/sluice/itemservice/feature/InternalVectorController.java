package io.sluice.itemservice.feature;

import io.sluice.itemservice.feature.ModelVectors.Maker;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.types.ObjectId;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The vectors that the model-service makes; services only. Whoever asked for them was allowed to. */
@Hidden
@RestController
@RequestMapping("/internal/items/vectors")
class InternalVectorController {

    private static final int MOST = 1_000;

    private final ModelVectors vectors;

    InternalVectorController(ModelVectors vectors) {
        this.vectors = vectors;
    }

    @SuppressWarnings("ArrayRecordComponent")
    record Embedded(String itemId, double[] value) {}

    /** @param creator who has asked for the vectors */
    record Embeddings(String projectId, String modelId, String modelName, String creator, List<Embedded> vectors) {}

    /** Keeps vectors of a model, each in place of the one that the item had. */
    @PostMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @OpenTo(Audience.SERVICE)
    Mono<Void> keep(@RequestBody Embeddings made) {
        if (!ObjectId.isValid(made.projectId())) {
            throw Problem.VALIDATION_FAILED.at("projectId", "must be an id");
        }
        if (made.vectors().size() > MOST) {
            throw Problem.VALIDATION_FAILED.at("vectors", "may be at most " + MOST);
        }
        Map<String, double[]> numbers = new LinkedHashMap<>();
        made.vectors().forEach(vector -> {
            if (vector.value().length == 0 || vector.value().length > FeatureSetContent.LARGEST_SIZE) {
                throw Problem.VALIDATION_FAILED.at(
                        "vectors", "must have 1 to " + FeatureSetContent.LARGEST_SIZE + " numbers each");
            }
            numbers.put(vector.itemId(), vector.value());
        });
        return vectors.keep(new Maker(made.projectId(), made.modelId(), made.modelName()), numbers, made.creator());
    }
}
