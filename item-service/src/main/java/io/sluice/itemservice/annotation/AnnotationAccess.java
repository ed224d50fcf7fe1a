package io.sluice.itemservice.annotation;

import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;

/** Whether somebody may see or annotate an item. */
@Component
class AnnotationAccess {

    private final AnnotatedItems items;
    private final DatasetClient datasets;

    AnnotationAccess(AnnotatedItems items, DatasetClient datasets) {
        this.items = items;
        this.datasets = datasets;
    }

    /** Not a member and no such item look the same. */
    Mono<AnnotatedItems.AnnotatedItem> toItem(String itemId, Caller caller, Permission permission) {
        return items.find(itemId)
                .switchIfEmpty(datasets.refuse(caller, () -> unknown(itemId)))
                .delayUntil(item -> datasets.require(caller, item.datasetId(), permission, () -> unknown(itemId)))
                .doOnNext(item -> {
                    if (item.isDirectory()) {
                        throw Problem.VALIDATION_FAILED.at("itemId", "is a directory, which has no annotations");
                    }
                });
    }

    private static ErrorResponseException unknown(String itemId) {
        return Problem.NOT_FOUND.with("No item " + itemId);
    }
}
