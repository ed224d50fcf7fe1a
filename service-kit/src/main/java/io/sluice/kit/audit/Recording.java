package io.sluice.kit.audit;

import io.sluice.kit.audit.AuditEvent.Change;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** What one request reads and writes, gathered while it runs. Lies in the Reactor context of the request. */
public final class Recording {

    static final int MOST_CHANGES = 50;

    private static final String NAME = "name";
    private static final String PROJECT = "projectId";
    private static final String ORGANIZATION = "organizationId";

    private final Map<String, Seen> documents = new LinkedHashMap<>();
    private String user;
    private @Nullable String organizationId;
    private @Nullable String projectId;
    private @Nullable String bulkChange;

    private record Seen(
            String collection,
            String id,
            @Nullable String name,
            @Nullable String before,
            @Nullable String after) {}

    Recording(String user) {
        this.user = user;
    }

    /** Says who it is that tries to sign in with this request. */
    public static Mono<Void> by(String user) {
        return note(recording -> recording.user = user);
    }

    /** Says in which project and organization the request does something, where no document that is read says so. */
    public static Mono<Void> in(String projectId, @Nullable String organizationId) {
        return note(recording -> recording.happenedIn(projectId, organizationId));
    }

    /** Says that the request has changed many documents at once, which are not listed; {@code updated} or {@code deleted}. */
    public static Mono<Void> ofMany(String eventType) {
        return note(recording -> recording.bulkChange = eventType);
    }

    private static Mono<Void> note(Consumer<Recording> remark) {
        return Mono.deferContextual(context -> {
            of(context).ifPresent(recording -> {
                synchronized (recording) {
                    remark.accept(recording);
                }
            });
            return Mono.empty();
        });
    }

    /** The recording of the request that is being worked on; empty for work in the background and for reads. */
    static Optional<Recording> of(ContextView context) {
        return context.getOrEmpty(Recording.class);
    }

    synchronized void read(String collection, Document document) {
        see(collection, document, false);
    }

    synchronized void written(String collection, Document document) {
        see(collection, document, true);
    }

    private void see(String collection, Document document, boolean isWritten) {
        String id = String.valueOf(document.get("_id"));
        Seen known = documents.get(collection + id);
        if (known == null && documents.size() >= MOST_CHANGES) {
            return;
        }
        String digest = digest(document);
        // What is read again after a write that did not go through is what the next write changes.
        Seen seen = isWritten
                ? new Seen(collection, id, text(document, NAME), known == null ? null : known.before(), digest)
                : known == null || known.after() == null
                        ? new Seen(collection, id, text(document, NAME), digest, null)
                        : known;
        documents.put(collection + id, seen);
        happenedIn(
                collection.equals("projects") ? id : text(document, PROJECT),
                collection.equals("organizations") ? id : text(document, ORGANIZATION));
    }

    private void happenedIn(@Nullable String project, @Nullable String organization) {
        projectId = project == null ? projectId : project;
        organizationId = organization == null ? organizationId : organization;
    }

    synchronized String user() {
        return user;
    }

    synchronized @Nullable String organizationId() {
        return organizationId;
    }

    synchronized @Nullable String projectId() {
        return projectId;
    }

    synchronized @Nullable String bulkChange() {
        return bulkChange;
    }

    /** What was written, and what was deleted of what was read before. */
    synchronized List<Change> changes(@Nullable String deletedId) {
        return documents.values().stream()
                .filter(seen -> seen.after() != null || seen.id().equals(deletedId))
                .map(seen -> new Change(seen.collection(), seen.id(), seen.before(), seen.after()))
                .toList();
    }

    /** The id of what was made: of that collection if there is one, else the last. */
    synchronized Optional<String> createdId(String collection) {
        List<Seen> created = documents.values().stream()
                .filter(seen -> seen.before() == null && seen.after() != null)
                .toList();
        return created.stream()
                .filter(seen -> seen.collection().equals(collection))
                .findFirst()
                .or(() -> created.stream().reduce((first, second) -> second))
                .map(Seen::id);
    }

    synchronized @Nullable String nameOf(String id) {
        return documents.values().stream()
                .filter(seen -> seen.id().equals(id))
                .findFirst()
                .map(Seen::name)
                .orElse(null);
    }

    private static @Nullable String text(Document document, String field) {
        return document.get(field) instanceof String text ? text : null;
    }

    private static String digest(Document document) {
        try {
            byte[] bytes = document.toJson().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
