package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandWork;
import io.sluice.kit.mongo.JsonObject;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Deletes a directory with all that is in it, as a command: some of it with each step, from the last path to the first,
 * then what is left, itself included. Steps name paths as they are in the directory, which may be moved meanwhile.
 */
@Component
class DirectoryDeletion implements CommandWork {

    static final String TYPE = "DeleteDirectory";

    private static final String DIRECTORY = "directoryId";
    private static final String ITSELF = "";

    private final Items items;
    private final ItemDeletion deletion;

    DirectoryDeletion(Items items, ItemDeletion deletion) {
        this.items = items;
        this.deletion = deletion;
    }

    static JsonObject whatOf(Item directory) {
        return JsonObject.EMPTY.with(DIRECTORY, directory.id());
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Mono<Long> count(Command command) {
        return directoryOf(command)
                .flatMap(directory -> items.countBelow(directory.datasetId(), directory.path()))
                .map(below -> below + 1)
                .defaultIfEmpty(0L);
    }

    @Override
    public Flux<Command.Step> steps(Command command) {
        return directoryOf(command)
                .flatMapMany(directory -> items.entriesBelow(directory.datasetId(), directory.path())
                        .buffer(ItemDeletion.BATCH)
                        .map(batch -> stepTo(batch, directory))
                        .concatWithValues(new Command.Step(null, ITSELF, 1)));
    }

    @Override
    public Mono<Void> carryOut(Command command, Command.Step step) {
        return directoryOf(command)
                .flatMap(directory -> step.upTo().equals(ITSELF)
                        ? deletion.delete(directory)
                        : deletion.deleteFrom(directory, directory.filename() + step.upTo()));
    }

    private static Command.Step stepTo(List<Items.Entry> batch, Item directory) {
        String path = batch.get(batch.size() - 1).filename();
        return new Command.Step(null, path.substring(directory.filename().length()), batch.size());
    }

    /** Empty when it is gone. */
    private Mono<Item> directoryOf(Command command) {
        Object directoryId = command.todo().members().get(DIRECTORY);
        return items.find(String.valueOf(directoryId)).filter(Item::isDirectory);
    }
}
