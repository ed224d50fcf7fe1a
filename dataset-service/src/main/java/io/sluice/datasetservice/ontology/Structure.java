package io.sluice.datasetservice.ontology;

import io.sluice.kit.error.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * Points with lines between them, such as the joints of a body; labels are set to its points one after the other.
 *
 * @param id 24 hexadecimal characters
 * @param name unique in the ontology
 * @param order its points, by the ids of labels or any other names
 * @param arcs its lines, each by the points at its ends
 */
record Structure(String id, String name, List<String> order, List<List<String>> arcs) {

    /** As many structures as an ontology may have. */
    static final int MOST = 1_000;

    /** As many points as a structure may have, and as many lines. */
    static final int MOST_POINTS = 1_000;

    private static final String FIELD = "structure";

    Structure {
        order = List.copyOf(order);
        arcs = List.copyOf(arcs);
    }

    /**
     * One out of what a client says of it; {@link Problem#VALIDATION_FAILED} if that makes none.
     *
     * @param before the one that is changed, which stands where nothing is said; null for a new one
     */
    static Structure of(Map<String, @Nullable Object> given, @Nullable Structure before) {
        Object name = given.get("name");
        Object order = given.get("order");
        Object arcs = given.get("arcs");
        return new Structure(
                before == null ? ObjectId.get().toHexString() : before.id(),
                name == null && before != null ? before.name() : Texts.name(FIELD + ".name", name),
                order == null && before != null ? before.order() : Texts.list(FIELD + ".order", order, MOST_POINTS),
                arcs == null && before != null ? before.arcs() : arcs(arcs));
    }

    private static List<List<String>> arcs(@Nullable Object given) {
        if (!(given instanceof List<?> list) || list.size() > MOST_POINTS) {
            throw Problem.VALIDATION_FAILED.at(FIELD + ".arcs", "must be a list of at most " + MOST_POINTS + " arcs");
        }
        List<List<String>> arcs = new ArrayList<>();
        for (int index = 0; index < list.size(); index++) {
            String where = FIELD + ".arcs[" + index + "]";
            List<String> ends = Texts.list(where, list.get(index), 2);
            if (ends.size() != 2) {
                throw Problem.VALIDATION_FAILED.at(where, "must be a list of the two points at its ends");
            }
            arcs.add(ends);
        }
        return arcs;
    }
}
