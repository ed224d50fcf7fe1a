package io.sluice.authservice.bot;

import io.sluice.authservice.departure.Departures;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.swagger.v3.oas.annotations.Hidden;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Told by dataset-service that a project is being deleted. */
@Hidden
@RestController
class InternalBotController {

    private final BotRepository bots;
    private final Departures departures;

    InternalBotController(BotRepository bots, Departures departures) {
        this.bots = bots;
        this.departures = departures;
    }

    /** Ends all bots of a project; none is fine. */
    @DeleteMapping("/internal/projects/{projectId}/bots")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @OpenTo(Audience.SERVICE)
    Mono<Void> endAll(@PathVariable String projectId) {
        return bots.findByProjectIdOrderById(projectId)
                .concatMap(bot -> departures.begin(bot.email()))
                .then();
    }
}
