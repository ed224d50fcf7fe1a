package io.sluice.authservice.administrator;

import java.security.SecureRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes passwords that nobody can guess and anybody can type: 140 random bits in four groups, no look-alikes. */
final class GeneratedPassword {

    /** Five bits each; without 0 and o, 1 and l. */
    private static final String CHARACTERS = "23456789abcdefghijkmnpqrstuvwxyz";

    private static final int GROUPS = 4;
    private static final int GROUP_LENGTH = 7;
    private static final SecureRandom RANDOM = new SecureRandom();

    private GeneratedPassword() {}

    static String next() {
        return IntStream.range(0, GROUPS).mapToObj(group -> nextGroup()).collect(Collectors.joining("-"));
    }

    private static String nextGroup() {
        StringBuilder group = new StringBuilder(GROUP_LENGTH);
        for (int i = 0; i < GROUP_LENGTH; i++) {
            group.append(CHARACTERS.charAt(RANDOM.nextInt(CHARACTERS.length())));
        }
        return group.toString();
    }
}
