package io.sluice.itemservice;

import io.sluice.itemservice.inspection.Inspection;
import io.sluice.itemservice.inspection.InspectionOptions;
import java.util.List;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the item-service on its own; its settings are in {@code item-service.yml}. */
@SpringBootApplication
@EnableScheduling
public class ItemServiceApplication {

    /** With {@code scrub} or {@code fsck} as its first argument it looks at what is kept, and ends. */
    public static void main(String[] args) {
        if (args.length > 0 && InspectionOptions.PROGRAMS.contains(args[0])) {
            System.exit(Inspection.main(List.of(args)));
        }
        new SpringApplicationBuilder(ItemServiceApplication.class)
                .properties("spring.config.name=item-service")
                .run(args);
    }
}
