package io.sluice.itemservice.bulk;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** How much comes of what is packed: refuses very much of very little, which nobody means. */
final class Expansion {

    /** So much may come of anything. */
    static final long FREE = 1024L * 1024 * 1024;

    /** What comes beyond that is so many times what was sent, at most. */
    static final int MOST = 200;

    private long packed;
    private long plain;

    void came(long bytes) {
        packed += bytes;
    }

    void unpacked(long bytes) throws IOException {
        plain += bytes;
        if (plain - FREE > packed * MOST) {
            throw new Archive.Unreadable(
                    "unpacks to more than " + MOST + " times its size; send it without packing it");
        }
    }

    InputStream packed(InputStream in) {
        return new Counted(in) {

            @Override
            void count(long bytes) {
                came(bytes);
            }
        };
    }

    InputStream plain(InputStream in) {
        return new Counted(in) {

            @Override
            void count(long bytes) throws IOException {
                unpacked(bytes);
            }
        };
    }

    private abstract static class Counted extends FilterInputStream {

        Counted(InputStream in) {
            super(in);
        }

        abstract void count(long bytes) throws IOException;

        @Override
        public int read() throws IOException {
            int one = super.read();
            count(one < 0 ? 0 : 1);
            return one;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int some = super.read(into, offset, length);
            count(Math.max(0, some));
            return some;
        }

        @Override
        public long skip(long bytes) throws IOException {
            long some = super.skip(bytes);
            count(some);
            return some;
        }
    }
}
