package io.sluice.itemservice.testing;

import com.mongodb.MongoClientSettings;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bson.BsonDocument;
import org.bson.BsonObjectId;
import org.bson.types.ObjectId;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;

/** What the service has asked its database for. */
public class ReadsSeen implements CommandListener, MongoClientSettingsBuilderCustomizer {

    private final List<BsonDocument> finds = new CopyOnWriteArrayList<>();

    @Override
    public void customize(MongoClientSettings.Builder settings) {
        settings.addCommandListener(this);
    }

    @Override
    public void commandStarted(CommandStartedEvent event) {
        if (event.getCommandName().equals("find")) {
            finds.add(BsonDocument.parse(event.getCommand().toJson()));
        }
    }

    public void forget() {
        finds.clear();
    }

    /** For each time that the thing with this id was read, the fields that were asked for; none for all. */
    public List<Set<String>> fieldsOf(String id) {
        BsonObjectId wanted = new BsonObjectId(new ObjectId(id));
        return finds.stream()
                .filter(find -> wanted.equals(
                        find.getDocument("filter", new BsonDocument()).get("_id")))
                .map(find -> find.getDocument("projection", new BsonDocument()).keySet())
                .map(Set::copyOf)
                .toList();
    }
}
