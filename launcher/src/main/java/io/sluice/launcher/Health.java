package io.sluice.launcher;

import io.sluice.launcher.console.StartFailure;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/** What the gate says of the whole platform. */
record Health(URI gate) {

    private static final int UP_WITHIN_SECONDS = 90;
    private static final int PAUSE_MILLIS = 50;
    private static final int TIMEOUT_MILLIS = 5000;

    /** @throws StartFailure when the gate does not say within a minute and a half that everything is up */
    void awaitUp() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(UP_WITHIN_SECONDS);
        while (!isUp()) {
            if (System.nanoTime() > deadline) {
                throw new StartFailure("The platform has started, but " + gate.resolve("/health") + " is not well.");
            }
            pause();
        }
    }

    private boolean isUp() {
        try {
            HttpURLConnection request =
                    (HttpURLConnection) gate.resolve("/health").toURL().openConnection();
            request.setConnectTimeout(TIMEOUT_MILLIS);
            request.setReadTimeout(TIMEOUT_MILLIS);
            return request.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailure("Interrupted while the platform started.", e);
        }
    }
}
