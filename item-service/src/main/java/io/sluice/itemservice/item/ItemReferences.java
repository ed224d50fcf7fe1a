package io.sluice.itemservice.item;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.query.Query.Reference;
import io.sluice.kit.query.Query.References;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What else on the platform an item belongs to: the list {@code metadata.system.refs} (contract core §5.4, §5.7). */
final class ItemReferences {

    /** What one item may have; a task adds one, an assignment another. */
    static final int MOST = 1_000;

    private static final String REFS = "refs";

    private ItemReferences() {}

    /**
     * The metadata with references added or taken away. Adding one that is there changes nothing, nor does taking away
     * one that is not; what else is noted with a reference stays.
     */
    static JsonObject change(JsonObject metadata, References references) {
        JsonObject system = metadata.object(Item.SYSTEM);
        List<@Nullable Object> before =
                system.members().get(REFS) instanceof List<?> list ? new ArrayList<>(list) : List.of();
        List<@Nullable Object> after = new ArrayList<>(before);
        if (references.create()) {
            Set<Reference> there = new HashSet<>();
            before.forEach(entry -> there.add(reference(entry)));
            references.refs().stream().filter(there::add).forEach(added -> after.add(entry(added)));
        } else {
            Set<Reference> gone = Set.copyOf(references.refs());
            after.removeIf(entry -> gone.contains(reference(entry)));
        }
        if (after.size() > MOST && after.size() > before.size()) {
            throw Problem.INVALID_QUERY.at("references", "an item may have at most " + MOST + " references");
        }
        return after.equals(before) ? metadata : metadata.with(Item.SYSTEM, system.with(REFS, after));
    }

    private static Reference reference(@Nullable Object entry) {
        return entry instanceof Map<?, ?> members
                ? new Reference(Objects.toString(members.get("type"), ""), Objects.toString(members.get("id"), ""))
                : new Reference("", "");
    }

    private static Map<String, Object> entry(Reference reference) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("id", reference.id());
        entry.put("type", reference.type());
        return entry;
    }
}
