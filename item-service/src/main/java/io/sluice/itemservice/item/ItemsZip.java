package io.sluice.itemservice.item;

import io.sluice.kit.error.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A ZIP with one JSON file for each item at the item's path (contract core §4.10), written in pieces. Its entries have the
 * flag that says that names are in UTF-8.
 */
final class ItemsZip {

    private static final String JSON = ".json";

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final ZipOutputStream zip = new ZipOutputStream(written);
    private final Set<String> names = new HashSet<>();
    private final boolean keepsExtension;
    private final int most;

    /**
     * @param keepsExtension whether {@code a.jpg} becomes {@code a.jpg.json}, else {@code a.json}
     * @param most as many entries as it may have
     */
    ItemsZip(boolean keepsExtension, int most) {
        this.keepsExtension = keepsExtension;
        this.most = most;
    }

    /** As much as can be told with one more item; empty when that is nothing. */
    byte[] next(Item item, byte[] json) {
        if (names.size() == most) {
            throw Problem.QUERY_TOO_EXPENSIVE.at(
                    "exportType", "zip is for at most " + most + " items; export as json, or in parts");
        }
        try {
            zip.putNextEntry(new ZipEntry(nameOf(item)));
            zip.write(json);
            zip.closeEntry();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return taken();
    }

    /** The rest, when there are no more items. */
    byte[] last() {
        try {
            zip.close();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return taken();
    }

    private byte[] taken() {
        byte[] taken = written.toByteArray();
        written.reset();
        return taken;
    }

    /** Two items that differ in their extension only keep it. */
    private String nameOf(Item item) {
        String path = item.filename().substring(1);
        int dot = path.lastIndexOf('.');
        boolean hasExtension = dot > path.lastIndexOf('/') + 1;
        String plain = keepsExtension || !hasExtension ? path : path.substring(0, dot);
        if (names.add(plain + JSON)) {
            return plain + JSON;
        }
        String other = names.add(path + JSON) ? path + JSON : path + "." + item.id() + JSON;
        names.add(other);
        return other;
    }
}
