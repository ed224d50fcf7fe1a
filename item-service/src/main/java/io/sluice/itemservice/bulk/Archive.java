package io.sluice.itemservice.bulk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An archive that is read from its beginning to its end and never back. */
interface Archive extends AutoCloseable {

    /**
     * What an archive has.
     *
     * @param name as it stands there, in whatever encoding
     * @param obstacle why it cannot be taken, in words that follow its name; null when it can
     */
    record Member(byte[] name, boolean isFolder, @Nullable String obstacle) {

        /** Null when it is not valid. */
        @Nullable
        String validName() {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(name))
                        .toString();
            } catch (CharacterCodingException notUtf8) {
                return null;
            }
        }

        /** For people. */
        String shownName() {
            return new String(name, StandardCharsets.UTF_8);
        }
    }

    /** The next one; what is left of the one before is skipped. Null at the end. */
    @Nullable
    Member next() throws IOException;

    /**
     * Reads from the member that came last.
     *
     * @return how many bytes; -1 at its end. Fails with {@link BrokenMember} when its bytes are wrong but others may follow
     */
    int read(byte[] into, int offset, int length) throws IOException;

    @Override
    void close() throws IOException;

    /** One member is not what it says it is. */
    final class BrokenMember extends IOException {

        private static final long serialVersionUID = 1;

        BrokenMember(String message) {
            super(message);
        }
    }

    /** An archive of which nothing can be read any further. */
    final class Unreadable extends IOException {

        private static final long serialVersionUID = 1;

        Unreadable(String message) {
            super(message);
        }
    }

    /** As many bytes. */
    static byte[] readFully(InputStream in, int count, String what) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new Unreadable("ends in the middle of " + what);
        }
        return bytes;
    }
}
