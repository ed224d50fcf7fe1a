package io.sluice.kit.audit;

import org.bson.Document;
import org.reactivestreams.Publisher;
import org.springframework.data.mongodb.core.mapping.event.ReactiveAfterConvertCallback;
import org.springframework.data.mongodb.core.mapping.event.ReactiveAfterSaveCallback;
import reactor.core.publisher.Mono;

/** Shows the documents that a request reads and writes to its {@link Recording}, if it has one. */
class RecordedDocuments implements ReactiveAfterConvertCallback<Object>, ReactiveAfterSaveCallback<Object> {

    @Override
    public Publisher<Object> onAfterConvert(Object entity, Document document, String collection) {
        return Mono.deferContextual(context -> {
            Recording.of(context).ifPresent(recording -> recording.read(collection, document));
            return Mono.just(entity);
        });
    }

    @Override
    public Publisher<Object> onAfterSave(Object entity, Document document, String collection) {
        return Mono.deferContextual(context -> {
            Recording.of(context).ifPresent(recording -> recording.written(collection, document));
            return Mono.just(entity);
        });
    }
}
