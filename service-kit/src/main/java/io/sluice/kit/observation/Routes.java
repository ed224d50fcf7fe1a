package io.sluice.kit.observation;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a request asked for where no operation of this process answers it. */
@FunctionalInterface
public interface Routes {

    /** One of few names; null when an operation of this process answers. */
    @Nullable
    String of(Map<String, Object> attributes);
}
