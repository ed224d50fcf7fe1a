package io.sluice.modelservice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** On two threads, of which a group has one. */
class TurnsTests {

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);
    private Turns turns;

    @BeforeEach
    void holdAThread() throws InterruptedException {
        DataSize size = DataSize.ofMegabytes(1);
        turns = new Turns(
                new RuntimeProperties(
                        size,
                        2,
                        1,
                        8,
                        size,
                        Duration.ofMillis(50),
                        4,
                        Duration.ofSeconds(30),
                        size,
                        size,
                        size,
                        RuntimeProperties.Provider.CPU,
                        0),
                timer);
        turns.add(new Held("a"));
        assertThat(held.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void close() {
        gate.countDown();
        turns.close();
        timer.shutdownNow();
    }

    @Test
    void runsTogetherWhatWaitsForTheSame() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(6);
        for (String name : List.of("x1", "y1", "x2", "x3")) {
            turns.add(new Named("a", name, 1, done));
        }

        gate.countDown();
        turns.add(new Named("b", "x4", 1, done));
        turns.add(new Named("b", "z1", 1, done));

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).contains("x1+x2+x3", "y1", "x4", "z1");
    }

    @Test
    void takesNoMoreRowsThanARunMayHave() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(3);
        for (String name : List.of("x1", "x2", "x3")) {
            turns.add(new Named("a", name, 2, done));
        }

        gate.countDown();

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).containsExactly("x1+x2", "x3");
    }

    @Test
    void servesOtherGroupsWhileOneHoldsAllThatItMay() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        turns.add(new Named("a", "x1", 1, done));

        turns.add(new Named("b", "x2", 1, done));

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).containsExactly("x2");
    }

    @Test
    void keepsHalfOfTheQueueForOtherGroups() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);

        for (int i = 0; i < 6; i++) {
            turns.add(new Named("a", "x" + i, 1, new CountDownLatch(0)));
        }
        turns.add(new Named("b", "y", 1, done));

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).containsExactlyInAnyOrder("x4 is too much", "x5 is too much", "y");
    }

    private final class Held extends Turn {
        Held(String group) {
            super(group, "held", 1, 1, 0);
        }

        @Override
        void runWith(List<Turn> turnsToRun) {
            held.countDown();
            try {
                assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        void fail(RuntimeException failure) {}
    }

    private final class Named extends Turn {
        private final String name;
        private final CountDownLatch done;

        Named(String group, String name, int rows, CountDownLatch done) {
            super(group, name.substring(0, 1), rows, 4, 10);
            this.name = name;
            this.done = done;
        }

        @Override
        void runWith(List<Turn> turnsToRun) {
            ran.add(String.join(
                    "+", turnsToRun.stream().map(turn -> ((Named) turn).name).toList()));
            turnsToRun.forEach(turn -> ((Named) turn).done.countDown());
        }

        @Override
        void fail(RuntimeException failure) {
            ran.add(name + " is too much");
        }
    }
}
