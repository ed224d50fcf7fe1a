package io.sluice.kit.doctor;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Java, memory and open files, as this process has them. */
public final class Machine {

    private static final int OLDEST_JAVA = 17;
    private static final long MEGABYTE = 1024L * 1024;
    private static final long FEWEST_FILES = 4096;

    private Machine() {}

    /** @param memory that the machine or the container should have for what is to run here */
    public static List<Finding> look(long memory) {
        List<Finding> findings = new ArrayList<>();
        int java = Runtime.version().feature();
        findings.add(
                java >= OLDEST_JAVA
                        ? Finding.ok("java", "version " + Runtime.version())
                        : Finding.fail("java", "version " + Runtime.version(), "Install Java 17 or newer."));
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            findings.add(memory(system.getTotalMemorySize(), memory));
        }
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            long files = system.getMaxFileDescriptorCount();
            findings.add(
                    files >= FEWEST_FILES
                            ? Finding.ok("open files", files + " at most")
                            : Finding.warn(
                                    "open files",
                                    files + " at most, and each connection is one",
                                    "Raise the limit to 65536: LimitNOFILE= of systemd, ulimits: of Compose, or ulimit -n."));
        }
        return findings;
    }

    private static Finding memory(long there, long wanted) {
        String text = there / MEGABYTE + " MB for this machine or container";
        return there >= wanted
                ? Finding.ok("memory", text)
                : Finding.warn(
                        "memory",
                        text + ", " + wanted / MEGABYTE + " MB are better",
                        "Give it more memory (mem_limit of Compose), or expect it to be slow and to be ended under load.");
    }
}
