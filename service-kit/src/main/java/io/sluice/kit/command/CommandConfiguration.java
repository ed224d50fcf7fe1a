package io.sluice.kit.command;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.metric.Sampled;
import io.sluice.kit.mongo.Indexes;
import java.time.Clock;
import java.util.List;
import org.bson.Document;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.index.CompoundIndexDefinition;
import org.springframework.data.mongodb.core.index.Index;

/** For services that carry out commands; they import it, and have at least one {@link CommandWork}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CommandProperties.class)
public class CommandConfiguration {

    @Bean
    Commands commands(ReactiveMongoTemplate mongo, Clock clock, CommandProperties properties) {
        return new Commands(mongo, clock, properties);
    }

    @Bean
    CommandRunner commandRunner(
            Commands commands, List<CommandWork> works, CommandProperties properties, CommandTally tally) {
        return new CommandRunner(commands, works, properties, tally);
    }

    @Bean
    CommandTally commandTally(List<CommandWork> works) {
        return new CommandTally(works.stream().map(CommandWork::type).toList());
    }

    /** The same at all replicas, for they share the database. */
    @Bean
    Sampled waitingCommands(Commands commands, List<CommandWork> works) {
        return new Sampled(
                "sluice.commands.waiting",
                "Commands that nobody has taken up, of all replicas",
                "kind",
                () -> commands.waiting(works.stream().map(CommandWork::type).toList()));
    }

    @Bean
    CommandAcceptance commandAcceptance(
            Commands commands, CommandRunner runner, CommandProperties properties, Clock clock) {
        return new CommandAcceptance(commands, runner, properties, clock);
    }

    /** Not what the service means by its indexes: without these, commands are as right, if slower and not so few. */
    @Bean(defaultCandidate = false)
    Indexes commandIndexes(ReactiveMongoTemplate mongo) {
        return new Indexes(
                mongo,
                // As many unfinished ones as a user has slots.
                Indexes.Index.required(
                        Command.class, new Index("slot", Direction.ASC).unique().sparse()),
                // What waits or is under way, by who waits longest; what has ended is not in it.
                Indexes.Index.required(Command.class, new Index("leasedUntil", Direction.ASC).sparse()),
                Indexes.Index.required(
                        Command.class, new CompoundIndexDefinition(new Document("creator", 1).append("_id", -1))),
                Indexes.Index.optional(
                        Command.class, new CompoundIndexDefinition(new Document("datasetId", 1).append("_id", -1))),
                Indexes.Index.optional(Command.class, new Index("expiresAt", Direction.ASC).expire(0)));
    }

    @Bean
    Limits limitsOfCommands(CommandProperties properties) {
        return Limits.of(
                Limit.entries(
                        "command-unfinished",
                        properties.mostPerUser(),
                        "The commands of one user that have not ended; more is 429"),
                Limit.bytes("command-size", CommandAcceptance.LARGEST, "What a command is to do, as it is stored"),
                Limit.time("command-kept", Commands.KEPT, "How long a command can be looked at when it has ended"));
    }
}
