package io.sluice.itemservice.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LineMemoryTests {

    private static final int HALF = LineMemory.BYTES / 2;

    private final LineMemory memory = new LineMemory();

    @Test
    void letsWaitWhoeverFindsNoRoomUntilThereIs() {
        LineMemory.Share one = memory.share();
        LineMemory.Share other = memory.share();

        CompletableFuture<Void> first = one.take(HALF).toFuture();
        CompletableFuture<Void> second = one.take(HALF).toFuture();
        CompletableFuture<Void> third = other.take(HALF + 1).toFuture();
        CompletableFuture<Void> small = other.take(1).toFuture();

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(third).isNotDone();
        // Not before the large one that came before it, which might wait for ever then.
        assertThat(small).isNotDone();
        one.giveBack(HALF);
        assertThat(third).isNotDone();
        one.giveBack(HALF);
        assertThat(third).isCompleted();
        assertThat(small).isCompleted();
    }

    @Test
    void takesBackEverythingOfARequestThatIsOver() {
        LineMemory.Share one = memory.share();
        LineMemory.Share other = memory.share();
        CompletableFuture<Void> held = one.take(LineMemory.BYTES).toFuture();
        CompletableFuture<Void> waiting = one.take(1).toFuture();
        CompletableFuture<Void> behind = other.take(LineMemory.BYTES).toFuture();

        one.close();
        one.giveBack(LineMemory.BYTES);

        assertThat(held).isCompleted();
        assertThat(waiting).isNotDone();
        assertThat(behind).isCompleted();
        assertThat(other.take(1).toFuture()).isNotDone();
    }

    @Test
    void losesNoRoomToWhoHasStoppedWaiting() {
        LineMemory.Share one = memory.share();
        LineMemory.Share other = memory.share();
        assertThat(one.take(LineMemory.BYTES).toFuture()).isCompleted();
        other.take(LineMemory.BYTES).subscribe().dispose();

        one.close();
        other.close();

        assertThat(memory.share().take(LineMemory.BYTES).toFuture()).isCompleted();
    }
}
