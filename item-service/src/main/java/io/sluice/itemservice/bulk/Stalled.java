package io.sluice.itemservice.bulk;

import java.io.IOException;
import java.time.Duration;

/** Nothing has moved for too long, so that nothing more is waited for. */
final class Stalled extends IOException {

    private static final long serialVersionUID = 1;

    Stalled(String what, Duration howLong) {
        super(what + " for " + howLong.toSeconds() + " s");
    }
}
