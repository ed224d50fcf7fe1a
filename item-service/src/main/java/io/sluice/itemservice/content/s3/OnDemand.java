package io.sluice.itemservice.content.s3;

import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Begins when somebody asks for the first piece, not before: whoever reads slowly holds no connection meanwhile. */
final class OnDemand<T> extends Flux<T> {

    private final Publisher<T> source;

    OnDemand(Publisher<T> source) {
        this.source = source;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> reader) {
        reader.onSubscribe(new Reading<>(source, reader));
    }

    private static final class Reading<T> extends Operators.DeferredSubscription implements CoreSubscriber<T> {

        private final Publisher<T> source;
        private final CoreSubscriber<? super T> reader;
        private final AtomicBoolean isBegun = new AtomicBoolean();

        Reading(Publisher<T> source, CoreSubscriber<? super T> reader) {
            this.source = source;
            this.reader = reader;
        }

        @Override
        public void request(long count) {
            super.request(count);
            if (isBegun.compareAndSet(false, true)) {
                source.subscribe(this);
            }
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            set(subscription);
        }

        @Override
        public void onNext(T piece) {
            reader.onNext(piece);
        }

        @Override
        public void onError(Throwable failure) {
            reader.onError(failure);
        }

        @Override
        public void onComplete() {
            reader.onComplete();
        }

        @Override
        public Context currentContext() {
            return reader.currentContext();
        }
    }
}
