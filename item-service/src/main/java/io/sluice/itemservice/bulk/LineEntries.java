package io.sluice.itemservice.bulk;

import io.sluice.itemservice.item.GivenItem;
import io.sluice.itemservice.item.ItemIntake;
import io.sluice.kit.error.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Items as JSON Lines. */
final class LineEntries implements Entries {

    static final int LONGEST_LINE = 16 * 1024 * 1024;

    private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final String PATH = "path";
    private static final String SHA256 = "sha256";
    private static final String SIZE = "size";
    private static final String BASE64 = "base64";
    private static final Set<String> MEMBERS =
            Set.of(PATH, SHA256, SIZE, BASE64, "metadata", "description", "annotations");

    private final InputStream in;
    private final JsonMapper json;
    private final ItemIntake items;
    private final Budget budget;
    private final int mostEntries;
    private final boolean isCheck;
    private final SeenPaths seen = new SeenPaths();
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;
    private long number;

    /** @param isCheck whether the lines only ask what is there, and so may name a path twice */
    LineEntries(InputStream in, JsonMapper json, ItemIntake items, Budget budget, int mostEntries, boolean isCheck) {
        this.in = in;
        this.json = json;
        this.items = items;
        this.budget = budget;
        this.mostEntries = mostEntries;
        this.isCheck = isCheck;
    }

    @Override
    public @Nullable Entry next() throws IOException {
        while (true) {
            int length = line();
            if (length < 0) {
                return null;
            }
            int begin = start;
            start = Math.min(end, begin + length + 1);
            number++;
            if (isBlank(begin, length)) {
                continue;
            }
            if (length > LONGEST_LINE) {
                return broken(
                        "",
                        Problem.CONTENT_TOO_LARGE.at("line " + number, "may have at most " + LONGEST_LINE + " bytes"));
            }
            if (number > mostEntries) {
                throw new Archive.Unreadable(
                        "has more than " + mostEntries + " lines; send the others by another request");
            }
            return read(begin, length);
        }
    }

    private static Entry broken(String path, ErrorResponseException problem) {
        return new Entry.Broken(path, problem);
    }

    private boolean isBlank(int begin, int length) {
        for (int index = begin; index < begin + Math.min(length, end - begin); index++) {
            if (buffer[index] > ' ' || buffer[index] < 0) {
                return false;
            }
        }
        return true;
    }

    /** How long the line is that begins at {@link #start}; -1 at the end. One that is too long is read past. */
    private int line() throws IOException {
        int looked = start;
        while (true) {
            for (; looked < end; looked++) {
                if (buffer[looked] == '\n') {
                    return looked - start;
                }
            }
            if (looked - start > LONGEST_LINE) {
                return skipped();
            }
            looked = room(looked);
            int some = in.read(buffer, end, buffer.length - end);
            if (some < 0) {
                return end > start ? end - start : -1;
            }
            end += some;
        }
    }

    private int room(int looked) {
        if (end < buffer.length) {
            return looked;
        }
        int kept = end - start;
        byte[] target = kept > buffer.length / 2 ? new byte[2 * buffer.length] : buffer;
        System.arraycopy(buffer, start, target, 0, kept);
        buffer = target;
        start = 0;
        end = kept;
        return kept;
    }

    private int skipped() throws IOException {
        while (true) {
            for (int index = start; index < end; index++) {
                if (buffer[index] == '\n') {
                    start = index;
                    return LONGEST_LINE + 1;
                }
            }
            start = 0;
            end = Math.max(0, in.read(buffer, 0, buffer.length));
            if (end == 0) {
                return LONGEST_LINE + 1;
            }
        }
    }

    private Entry read(int begin, int length) throws IOException {
        Map<String, @Nullable Object> members;
        try {
            members = json.readValue(buffer, begin, length, OBJECT);
        } catch (JacksonException notAnObject) {
            return broken(
                    "",
                    Problem.MALFORMED_REQUEST.at(
                            "line " + number, "must be a JSON object: " + notAnObject.getOriginalMessage()));
        }
        if (members == null) {
            return broken("", Problem.MALFORMED_REQUEST.at("line " + number, "must be a JSON object"));
        }
        Object given = members.get(PATH);
        try {
            Entry entry = parsed(members, given, length);
            budget.take(length);
            return entry;
        } catch (ErrorResponseException refused) {
            return broken(given instanceof String name ? name : "", refused);
        }
    }

    private Entry parsed(Map<String, @Nullable Object> members, @Nullable Object given, int weight) {
        if (!(given instanceof String name)) {
            throw Problem.VALIDATION_FAILED.at(PATH, given == null ? "is missing in line " + number : "must be a text");
        }
        String path = ItemIntake.requirePath(PATH, name);
        for (String member : members.keySet()) {
            if (!MEMBERS.contains(member)) {
                throw Problem.VALIDATION_FAILED.at(member, "is nothing that a line may have");
            }
        }
        String sha256 = digest(members.get(SHA256));
        Long size = size(members.get(SIZE));
        if (isCheck) {
            if (sha256 == null) {
                throw Problem.VALIDATION_FAILED.at(SHA256, "is missing");
            }
            return new Entry.Line(
                    new GivenItem(path, new GivenItem.Named(sha256, size), GivenItem.Said.NOTHING), weight);
        }
        if (!seen.add(path)) {
            throw Problem.VALIDATION_FAILED.at(PATH, "came before in this request");
        }
        GivenItem.Said said = items.said(members);
        Object base64 = members.get(BASE64);
        if (base64 != null) {
            byte[] bytes = bytes(base64);
            if (size != null && size != bytes.length) {
                throw Problem.VALIDATION_FAILED.at(SIZE, "is not that of the bytes, which are " + bytes.length);
            }
            return new Entry.LineWithBytes(path, bytes, sha256, said, weight);
        }
        if (sha256 == null && size != null) {
            throw Problem.VALIDATION_FAILED.at(SHA256, "is missing, beside a size");
        }
        return new Entry.Line(
                new GivenItem(path, sha256 == null ? null : new GivenItem.Named(sha256, size), said), weight);
    }

    static @Nullable String digest(@Nullable Object given) {
        if (given == null) {
            return null;
        }
        if (!(given instanceof String text) || !DIGEST.matcher(text).matches()) {
            throw Problem.VALIDATION_FAILED.at(SHA256, "must be 64 hexadecimal characters in lower case");
        }
        return text;
    }

    private static @Nullable Long size(@Nullable Object given) {
        if (given == null) {
            return null;
        }
        if (!(given instanceof Integer || given instanceof Long) || ((Number) given).longValue() < 0) {
            throw Problem.VALIDATION_FAILED.at(SIZE, "must be a whole number of bytes");
        }
        return ((Number) given).longValue();
    }

    private static byte[] bytes(Object given) {
        if (given instanceof String text) {
            try {
                return Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException notBase64) {
                // As any other value that is none.
            }
        }
        throw Problem.VALIDATION_FAILED.at(BASE64, "must be bytes in base64 (RFC 4648 §4)");
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException nothingLeftToDo) {
            // It was only read.
            return;
        }
    }
}
