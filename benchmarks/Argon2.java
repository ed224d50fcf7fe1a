import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;

/** Checks a password over and over, with the parameters of auth-service, and prints how often a second of processor does it. */
class Argon2 {

    public static void main(String[] arguments) {
        var process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        var encoder = new Argon2PasswordEncoder(16, 32, 1, 19 * 1024, 2);
        String hash = encoder.encode("correct horse battery");
        long checks = 0;
        long began = 0;
        // As long to warm up as to measure.
        long half = Long.parseLong(arguments[0]) * 1_000_000_000L;
        long start = System.nanoTime();
        while (System.nanoTime() - start < 2 * half) {
            if (began == 0 && System.nanoTime() - start >= half) {
                began = process.getProcessCpuTime();
                checks = 0;
            }
            if (!encoder.matches("correct horse battery", hash)) {
                throw new IllegalStateException("The password does not match");
            }
            checks++;
        }
        System.out.printf("%.2f%n", checks * 1e9 / (process.getProcessCpuTime() - began));
    }
}
