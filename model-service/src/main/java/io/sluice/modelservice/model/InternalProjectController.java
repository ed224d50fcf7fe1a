package io.sluice.modelservice.model;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.List;
import org.bson.types.ObjectId;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the dataset-service says of projects; services only. */
@Hidden
@RestController
@RequestMapping("/internal/projects/{projectId}")
class InternalProjectController {

    private final List<OfProject> all;

    InternalProjectController(List<OfProject> all) {
        this.all = all;
    }

    /** Deletes all that is here of a project for good; once more is as good as once. */
    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @OpenTo(Audience.SERVICE)
    Mono<Void> delete(@PathVariable String projectId) {
        return ObjectId.isValid(projectId)
                ? Flux.fromIterable(all)
                        .concatMap(kind -> kind.deleteOfProject(projectId))
                        .then()
                : Mono.empty();
    }
}
