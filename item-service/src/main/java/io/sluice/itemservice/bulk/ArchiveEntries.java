package io.sluice.itemservice.bulk;

import io.sluice.itemservice.bulk.Archive.BrokenMember;
import io.sluice.itemservice.bulk.Archive.Member;
import io.sluice.itemservice.item.ItemIntake;
import io.sluice.kit.error.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;

/** The members of an archive: small files whole, others piece by piece. */
final class ArchiveEntries implements Entries {

    static final int LARGEST_SIDECAR = 16 * 1024 * 1024;
    static final String SIDECAR = ".json";

    /** A file of so many bytes is held in memory until it is stored. */
    private static final int SMALL = 256 * 1024;

    private static final int PIECE = 128 * 1024;

    /** What may come behind the end of an archive, to fill its last block. */
    private static final long LARGEST_REST = 16L * 1024 * 1024;

    private static final String PATH = "path";

    private final Archive archive;
    private final InputStream body;
    private final SeenPaths seen = new SeenPaths();
    private final Budget budget;
    private final int mostEntries;
    private final boolean hasSidecars;
    private final long mostBytes;
    private final Queue<Entry> next = new ArrayDeque<>();
    private boolean inFile;
    private long fileBytes;

    /** @param mostBytes as many as a file may have */
    ArchiveEntries(
            Archive archive, InputStream body, Budget budget, int mostEntries, boolean hasSidecars, long mostBytes) {
        this.archive = archive;
        this.body = body;
        this.budget = budget;
        this.mostEntries = mostEntries;
        this.hasSidecars = hasSidecars;
        this.mostBytes = mostBytes;
    }

    @Override
    public @Nullable Entry next() throws IOException {
        while (next.isEmpty()) {
            if (inFile) {
                return piece();
            }
            Member member = archive.next();
            if (member == null) {
                readRest();
                return null;
            }
            try {
                begin(member);
            } catch (ErrorResponseException refused) {
                return new Entry.Broken(member.shownName(), refused);
            } catch (BrokenMember broken) {
                return new Entry.Broken(member.shownName(), failure(broken));
            }
        }
        return next.remove();
    }

    private void readRest() throws IOException {
        byte[] scratch = new byte[8192];
        long count = 0;
        for (int some = 0; some >= 0 && count < LARGEST_REST; some = body.read(scratch)) {
            count += some;
        }
    }

    private void begin(Member member) throws IOException {
        String name = relative(member);
        if (member.obstacle() != null) {
            throw Problem.VALIDATION_FAILED.at(PATH, member.obstacle());
        }
        if (member.isFolder()) {
            String path = ItemIntake.requireDirectory(PATH, "/" + name);
            if (!path.equals("/")) {
                next.add(new Entry.Folder(path));
            }
            return;
        }
        String path = ItemIntake.requirePath(PATH, "/" + name);
        if (!seen.add(path)) {
            throw Problem.VALIDATION_FAILED.at(PATH, "came before in this request");
        }
        if (seen.size() > mostEntries) {
            throw new Archive.Unreadable("has more than " + mostEntries + " files; send the others by another request");
        }
        boolean isNamed = hasSidecars && path.endsWith(SIDECAR);
        read(path, isNamed);
    }

    private void read(String path, boolean isNamed) throws IOException {
        int most = isNamed ? LARGEST_SIDECAR : SMALL;
        byte[] bytes = new byte[8192];
        int count = 0;
        while (true) {
            if (count == bytes.length) {
                if (count > most) {
                    break;
                }
                bytes = Arrays.copyOf(bytes, Math.min(2 * count, most + 1));
            }
            int some = archive.read(bytes, count, bytes.length - count);
            if (some < 0) {
                budget.take(count);
                next.add(new Entry.Small(path, Arrays.copyOf(bytes, count), isNamed));
                return;
            }
            count += some;
        }
        inFile = true;
        fileBytes = count;
        next.add(new Entry.Begin(path, isNamed));
        for (int start = 0; start < count; start += PIECE) {
            next.add(new Entry.Piece(Arrays.copyOfRange(bytes, start, Math.min(count, start + PIECE))));
        }
    }

    private Entry piece() throws IOException {
        byte[] bytes = new byte[PIECE];
        int count;
        try {
            count = archive.read(bytes, 0, PIECE);
        } catch (BrokenMember broken) {
            inFile = false;
            return new Entry.End(failure(broken));
        }
        if (count < 0) {
            inFile = false;
            return new Entry.End(null);
        }
        fileBytes += count;
        if (fileBytes > mostBytes) {
            inFile = false;
            return new Entry.End(
                    Problem.CONTENT_TOO_LARGE.at("quota.bytes", "a project may store " + mostBytes + " bytes in all"));
        }
        return new Entry.Piece(count == PIECE ? bytes : Arrays.copyOf(bytes, count));
    }

    private static ErrorResponseException failure(BrokenMember broken) {
        return Problem.VALIDATION_FAILED.at(PATH, String.valueOf(broken.getMessage()));
    }

    /** The name as a path in the dataset. An archive has no root, so that a name that begins there means another place. */
    private static String relative(Member member) {
        String name = member.validName();
        if (name == null) {
            throw Problem.VALIDATION_FAILED.at(PATH, "must be valid Unicode, in UTF-8");
        }
        if (name.startsWith("/")) {
            throw Problem.VALIDATION_FAILED.at(PATH, "must not be absolute in an archive");
        }
        while (name.startsWith("./")) {
            name = name.substring(2);
        }
        return name.equals(".") ? "" : name;
    }

    @Override
    public void close() {
        try {
            archive.close();
        } catch (IOException nothingLeftToDo) {
            // It was only read.
            return;
        }
    }
}
