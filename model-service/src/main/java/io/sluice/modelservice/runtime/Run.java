package io.sluice.modelservice.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run that another thread can stop. It ends before the next operator, or the next turn of a loop. */
final class Run implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Run.class);

    private final OrtSession.RunOptions options;
    private boolean isClosed;
    private boolean isStopped;

    Run() throws OrtException {
        options = new OrtSession.RunOptions();
    }

    OrtSession.RunOptions options() {
        return options;
    }

    /** Under the same lock as closing: memory that was given back must not be written to. */
    synchronized void stop() {
        if (isClosed || isStopped) {
            return;
        }
        isStopped = true;
        try {
            options.setTerminate(true);
        } catch (OrtException failure) {
            LOG.warn("A run cannot be stopped", failure);
        }
    }

    synchronized boolean isStopped() {
        return isStopped;
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        options.close();
    }
}
