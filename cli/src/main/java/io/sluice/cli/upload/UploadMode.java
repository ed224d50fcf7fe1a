package io.sluice.cli.upload;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What becomes of an item that is there already, with other bytes. */
enum UploadMode {
    SKIP,
    OVERWRITE;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As they are typed, for the shell to complete. */
    static final class Names extends ArrayList<String> {

        private static final long serialVersionUID = 1;

        Names() {
            super(List.of("skip", "overwrite"));
        }
    }
}
