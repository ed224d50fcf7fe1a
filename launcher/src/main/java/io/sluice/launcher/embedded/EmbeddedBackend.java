package io.sluice.launcher.embedded;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.Utils;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.wire.message.MongoQuery;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/**
 * What mongo-java-server does, for clients that know the password only, and with a mark on every channel whose command
 * may have written.
 */
final class EmbeddedBackend extends H2Backend {

    /** What a driver sends before it signs in; none of it tells anything about the data. */
    private static final Set<String> BEFORE_SIGN_IN = Set.of("ismaster", "ping", "buildinfo");

    /** What cannot write. Anything else, also a command not known here, is taken for a write. */
    private static final Set<String> READS = Set.of(
            "find", "getmore", "killcursors", "count", "distinct", "endsessions", "listcollections", "listindexes");

    private static final Set<String> WRITING_STAGES = Set.of("$out", "$merge");

    private static final AttributeKey<Boolean> SIGNED_IN = AttributeKey.valueOf(EmbeddedBackend.class, "signedIn");

    private final Credentials credentials;
    private final Growth growth;

    EmbeddedBackend(MVStore store, Credentials credentials, Growth growth) {
        super(store);
        this.credentials = credentials;
        this.growth = growth;
    }

    @Override
    protected MongoDatabase openOrCreateDatabase(String name) {
        return new IndexedDatabase(name);
    }

    @Override
    public @Nullable Document handleCommand(Channel channel, String database, String command, Document query) {
        String name = command.toLowerCase(Locale.ROOT);
        if (name.equals("saslstart")) {
            return signIn(channel, query);
        }
        if (name.equals("hello")) {
            return hello(channel, database, query);
        }
        if (!BEFORE_SIGN_IN.contains(name)) {
            requireSignedIn(channel);
            if (!isRead(name, query)) {
                return write(channel, database, command, query);
            }
        }
        return super.handleCommand(channel, database, command, query);
    }

    @Override
    public QueryResult handleQuery(MongoQuery query) {
        requireSignedIn(query.getChannel());
        return super.handleQuery(query);
    }

    private @Nullable Document write(Channel channel, String database, String command, Document query) {
        // Also when it fails: a part of it may have been done.
        AcknowledgeWhenDurable.wrote(channel);
        Document reply = super.handleCommand(channel, database, command, query);
        if (query.get(command) instanceof String name) {
            MongoCollection<?> collection = resolveDatabase(database).resolveCollection(name, false);
            if (collection != null) {
                growth.written(collection.getFullName(), collection.count());
            }
        }
        return reply;
    }

    /** The newer name of a command that the library knows by its older one; health checks ask by it. */
    private Document hello(Channel channel, String database, Document query) {
        return Objects.requireNonNull(super.handleCommand(channel, database, "ismaster", query))
                .append("isWritablePrimary", true);
    }

    private static boolean isRead(String name, Document query) {
        if (name.equals("aggregate")) {
            return query.get("pipeline") instanceof Collection<?> stages
                    && stages.stream().noneMatch(EmbeddedBackend::isWritingStage);
        }
        return READS.contains(name);
    }

    private static boolean isWritingStage(Object stage) {
        return !(stage instanceof Document document)
                || document.keySet().stream().anyMatch(WRITING_STAGES::contains);
    }

    private Document signIn(Channel channel, Document query) {
        boolean known = "PLAIN".equals(query.get("mechanism"))
                && query.get("payload") instanceof BinData payload
                && credentials.areIn(payload.getData());
        if (!known) {
            throw new MongoServerError(18, "AuthenticationFailed", "Authentication failed.");
        }
        channel.attr(SIGNED_IN).set(true);
        Document reply =
                new Document("conversationId", 1).append("done", true).append("payload", new BinData(new byte[0]));
        Utils.markOkay(reply);
        return reply;
    }

    private static void requireSignedIn(Channel channel) {
        if (channel.attr(SIGNED_IN).get() == null) {
            throw new MongoServerError(13, "Unauthorized", "This command needs authentication.");
        }
    }

    /** A database whose collections are {@link IndexedCollection}s, kept where the library keeps its own. */
    private final class IndexedDatabase extends H2Database {

        IndexedDatabase(String name) {
            super(name, getMvStore(), getCursorRegistry());
        }

        @Override
        protected MongoCollection<Object> openOrCreateCollection(String name, CollectionOptions options) {
            String place = getFullCollectionNamespace(name);
            return new IndexedCollection(
                    this,
                    name,
                    options,
                    getMvStore().openMap("databases." + place),
                    getMvStore().openMap("meta." + place),
                    cursorRegistry);
        }
    }
}
