package io.sluice.itemservice.content.segment;

import java.io.IOException;

/** Whether bytes may still be written; asked often. */
@FunctionalInterface
public interface FreeSpace {

    /**
     * Returns when there is room.
     *
     * @throws org.springframework.web.ErrorResponseException {@link io.sluice.kit.error.Problem#INSUFFICIENT_STORAGE}
     */
    void require() throws IOException;
}
