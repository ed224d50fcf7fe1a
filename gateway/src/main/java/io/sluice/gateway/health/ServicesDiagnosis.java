package io.sluice.gateway.health;

import io.sluice.kit.client.ServiceAddresses;
import io.sluice.kit.doctor.Diagnosis;
import io.sluice.kit.doctor.Finding;
import java.util.List;
import java.util.TreeSet;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/** Whether the services behind the gateway can be reached from here and are ready. */
@Component
@Lazy
final class ServicesDiagnosis implements Diagnosis {

    private final PlatformHealth platform;
    private final ServiceAddresses addresses;

    ServicesDiagnosis(PlatformHealth platform, ServiceAddresses addresses) {
        this.platform = platform;
        this.addresses = addresses;
    }

    @Override
    public Flux<Finding> look() {
        return platform.down()
                .flatMapIterable(down -> new TreeSet<>(addresses.services().keySet())
                        .stream().map(service -> finding(service, down)).toList());
    }

    private Finding finding(String service, List<String> down) {
        String place = "at " + addresses.of(service);
        return down.contains(service)
                ? Finding.fail(
                        service,
                        "not ready " + place,
                        "See that it runs and that the address is right (SLUICE_SERVICES_...); then run doctor there.")
                : Finding.ok(service, "ready " + place);
    }
}
