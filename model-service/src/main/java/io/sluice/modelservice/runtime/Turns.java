package io.sluice.modelservice.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose turn it is. A few threads take from a queue for each group, one group after the other. What can be run together
 * is, if it is of the same group: whoever does harm by it does it to nobody else.
 */
final class Turns implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final long MOST_MILLIS_TO_END = 5_000;

    private final RuntimeProperties properties;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Of those that have any, the next one to be served first. */
    private final Map<String, Queue<Turn>> queues = new LinkedHashMap<>();

    private final Map<String, Integer> threadsOfGroups = new HashMap<>();
    private final Map<String, Integer> underWay = new HashMap<>();
    private final List<Batch> open = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final int mostOfAGroup;
    private final ScheduledThreadPoolExecutor timer;
    private int waiting;
    private long waitingBytes;
    private boolean isClosed;

    Turns(RuntimeProperties properties, ScheduledThreadPoolExecutor timer) {
        this.properties = properties;
        this.timer = timer;
        int count = properties.runsAtOnce();
        mostOfAGroup = Math.max(1, count - 1);
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(this::work, "inference-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** What is run together. */
    private static final class Batch {
        private final List<Turn> turns = new ArrayList<>();
        private long rows;

        Batch(Turn first) {
            add(first);
        }

        Turn first() {
            return turns.get(0);
        }

        void add(Turn turn) {
            turns.add(turn);
            rows += turn.rows();
        }

        boolean isFull() {
            return rows >= first().mostRows();
        }

        boolean takes(Turn turn) {
            return first().group().equals(turn.group())
                    && first().together().equals(turn.together())
                    && rows + turn.rows() <= Math.min(first().mostRows(), turn.mostRows());
        }
    }

    /** Queues it, or fails it at once. */
    void add(Turn turn) {
        lock.lock();
        try {
            String full = reasonToRefuse(turn);
            if (full != null) {
                turn.fail(new Busy(full, SOON));
                return;
            }
            for (Batch batch : open) {
                if (batch.takes(turn)) {
                    batch.add(turn);
                    changed.signalAll();
                    return;
                }
            }
            queues.computeIfAbsent(turn.group(), group -> new ArrayDeque<>()).add(turn);
            waiting++;
            waitingBytes += turn.bytes();
            turn.limit = timer.schedule(() -> expire(turn), properties.longest().toMillis(), TimeUnit.MILLISECONDS);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable String reasonToRefuse(Turn turn) {
        if (isClosed) {
            return "The service is shutting down";
        }
        if (waiting >= properties.queue()
                || waiting > 0
                        && waitingBytes + turn.bytes()
                                > properties.queueMemory().toBytes()) {
            return "Too many requests are waiting for a model already";
        }
        Queue<Turn> ofGroup = queues.get(turn.group());
        return ofGroup != null && ofGroup.size() >= Math.max(1, properties.queue() / 2)
                ? "Too many requests of this project are waiting for a model already"
                : null;
    }

    private void expire(Turn turn) {
        if (remove(turn)) {
            turn.fail(new Busy(
                    "The request's turn did not come within "
                            + properties.longest().toMillis() + " ms",
                    SOON));
        }
    }

    /** How many wait. */
    int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it was still waiting. */
    boolean remove(Turn turn) {
        lock.lock();
        try {
            Queue<Turn> queue = queues.get(turn.group());
            if (queue == null || !queue.remove(turn)) {
                return false;
            }
            left(turn);
            if (queue.isEmpty()) {
                queues.remove(turn.group());
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void left(Turn turn) {
        waiting--;
        waitingBytes -= turn.bytes();
        if (turn.limit != null) {
            turn.limit.cancel(false);
        }
    }

    private void work() {
        for (Batch batch = next(); batch != null; batch = next()) {
            try {
                batch.first().runWith(batch.turns);
            } catch (RuntimeException | Error failure) {
                LOG.error("A run failed", failure);
                RuntimeException told = new InferenceFailed("The model failed");
                batch.turns.forEach(turn -> turn.fail(told));
            } finally {
                ended(batch);
            }
        }
    }

    private @Nullable Batch next() {
        lock.lock();
        try {
            Turn first = takeFirst();
            while (first == null) {
                if (isClosed) {
                    return null;
                }
                changed.await();
                first = takeFirst();
            }
            Batch batch = new Batch(first);
            threadsOfGroups.merge(first.group(), 1, Integer::sum);
            fill(batch);
            boolean hasCompany = batch.turns.size() > 1 || underWay.containsKey(first.together());
            underWay.merge(first.together(), 1, Integer::sum);
            if (hasCompany && !batch.isFull()) {
                awaitMore(batch);
            }
            return batch;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void awaitMore(Batch batch) {
        open.add(batch);
        try {
            long left = properties.window().toNanos();
            while (left > 0 && !batch.isFull() && !isClosed) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException stopped) {
            // What was taken is run; the thread ends after it.
            Thread.currentThread().interrupt();
        } finally {
            open.remove(batch);
        }
    }

    private @Nullable Turn takeFirst() {
        Iterator<Map.Entry<String, Queue<Turn>>> groups = queues.entrySet().iterator();
        while (groups.hasNext()) {
            Map.Entry<String, Queue<Turn>> next = groups.next();
            if (threadsOfGroups.getOrDefault(next.getKey(), 0) < mostOfAGroup) {
                Queue<Turn> queue = next.getValue();
                Turn turn = queue.remove();
                left(turn);
                groups.remove();
                if (!queue.isEmpty()) {
                    queues.put(turn.group(), queue);
                }
                return turn;
            }
        }
        return null;
    }

    private void fill(Batch batch) {
        Queue<Turn> queue = queues.get(batch.first().group());
        if (queue == null || batch.isFull()) {
            return;
        }
        Iterator<Turn> waitingOnes = queue.iterator();
        while (waitingOnes.hasNext() && !batch.isFull()) {
            Turn turn = waitingOnes.next();
            if (batch.takes(turn)) {
                waitingOnes.remove();
                left(turn);
                batch.add(turn);
            }
        }
        if (queue.isEmpty()) {
            queues.remove(batch.first().group());
        }
    }

    private void ended(Batch batch) {
        lock.lock();
        try {
            decrement(threadsOfGroups, batch.first().group());
            decrement(underWay, batch.first().together());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static void decrement(Map<String, Integer> counts, String key) {
        counts.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    }

    /** What waits is refused; what is under way is waited for, but not for ever. */
    @Override
    public void close() {
        List<Turn> refused = new ArrayList<>();
        lock.lock();
        try {
            isClosed = true;
            queues.values().forEach(refused::addAll);
            refused.forEach(this::left);
            queues.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        refused.forEach(turn -> turn.fail(new Busy("The service is shutting down", SOON)));
        try {
            for (Thread thread : threads) {
                thread.join(MOST_MILLIS_TO_END);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
