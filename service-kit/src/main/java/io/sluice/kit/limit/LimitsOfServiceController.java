package io.sluice.kit.limit;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells the gateway the bounds of this service; they are no secret. */
@Hidden
@RestController
class LimitsOfServiceController {

    private final List<Limits> limits;

    LimitsOfServiceController(List<Limits> limits) {
        this.limits = limits;
    }

    @GetMapping(Limits.PATH)
    @OpenTo(Audience.ANYBODY)
    List<Limit> limits() {
        return limits.stream().flatMap(some -> some.all().stream()).toList();
    }
}
