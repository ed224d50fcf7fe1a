package io.sluice.itemservice.command;

import io.sluice.kit.command.Commands;
import java.util.Collection;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/** What was worked on a dataset, as far back as commands are kept. */
@Component
public class CommandHistory {

    /** As many as are shown. */
    public static final int MOST = 100;

    private final Commands commands;

    CommandHistory(Commands commands) {
        this.commands = commands;
    }

    /**
     * The last commands of some types, the newest first.
     *
     * @param api what links begin with
     */
    public Flux<CommandView> of(String datasetId, Collection<String> types, String api) {
        return commands.of(datasetId, types, MOST).map(command -> CommandView.of(command, api));
    }
}
