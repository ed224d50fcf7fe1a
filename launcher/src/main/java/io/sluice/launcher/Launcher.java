package io.sluice.launcher;

/** Starts everything. */
public final class Launcher {
    private Launcher() {}

    public static void main(String[] args) {}
}
