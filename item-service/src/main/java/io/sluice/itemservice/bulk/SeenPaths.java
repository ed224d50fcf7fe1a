package io.sluice.itemservice.bulk;

import java.security.SecureRandom;

/**
 * The paths that a request has named so far, by fingerprints of 64 bits under a key of its own: of two million different
 * paths two look the same once in ten million requests, and nobody can choose such.
 */
final class SeenPaths {

    private static final SecureRandom KEYS = new SecureRandom();
    private static final long PRIME = 0x9E3779B97F4A7C15L;

    private final long key = KEYS.nextLong();
    private final long secondKey = KEYS.nextLong();
    private long[] table = new long[1_024];
    private int size;

    int size() {
        return size;
    }

    /** False when it has come before. */
    boolean add(String path) {
        long fingerprint = fingerprint(path);
        if (!put(table, fingerprint)) {
            return false;
        }
        if (++size * 2 > table.length) {
            long[] larger = new long[table.length * 2];
            for (long known : table) {
                if (known != 0) {
                    put(larger, known);
                }
            }
            table = larger;
        }
        return true;
    }

    private static boolean put(long[] into, long fingerprint) {
        int mask = into.length - 1;
        int index = (int) (fingerprint ^ (fingerprint >>> 32)) & mask;
        while (into[index] != 0) {
            if (into[index] == fingerprint) {
                return false;
            }
            index = (index + 1) & mask;
        }
        into[index] = fingerprint;
        return true;
    }

    /** Never 0, which stands for a free place. */
    private long fingerprint(String path) {
        long hash = key;
        for (int index = 0; index < path.length(); index++) {
            hash = mixed(hash ^ (path.charAt(index) + secondKey));
        }
        hash = mixed(hash + path.length());
        return hash == 0 ? 1 : hash;
    }

    private static long mixed(long value) {
        long mixed = value * PRIME;
        mixed ^= mixed >>> 32;
        mixed *= 0xD6E8FEB86659FD93L;
        return mixed ^ (mixed >>> 29);
    }
}
