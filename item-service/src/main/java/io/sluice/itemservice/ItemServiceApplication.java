package io.sluice.itemservice;

import io.sluice.itemservice.inspection.Inspection;
import io.sluice.itemservice.inspection.InspectionOptions;
import io.sluice.kit.doctor.Doctor;
import java.util.List;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the item-service on its own; its settings are in {@code item-service.yml}. */
@SpringBootApplication
@EnableScheduling
public class ItemServiceApplication {

    /** With {@code scrub}, {@code fsck}, {@code move-blobs} or {@code doctor} as its first argument it does that, and ends. */
    public static void main(String[] args) {
        if (args.length > 0 && InspectionOptions.PROGRAMS.contains(args[0])) {
            System.exit(Inspection.main(List.of(args)));
        }
        if (Doctor.isWanted(args)) {
            System.exit(Doctor.main(ItemServiceApplication.class, "item-service", args));
        }
        new SpringApplicationBuilder(ItemServiceApplication.class)
                .properties("spring.config.name=item-service")
                .run(args);
    }
}
