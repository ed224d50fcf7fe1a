package io.sluice.itemservice.item;

import io.sluice.kit.error.Problem;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;

/** The paths of the metadata in a dataset that nobody is to look for (contract core §4.3), as they are stored. */
@Document("unsearchable_paths")
record UnsearchablePaths(@Id String datasetId, @Version long version, List<String> paths) {

    static final int MOST = 1_000;
    static final int LONGEST = 1_000;

    private static final String BELOW = "metadata.";

    static UnsearchablePaths none(String datasetId) {
        return new UnsearchablePaths(datasetId, 0, List.of());
    }

    /** {@link Problem#VALIDATION_FAILED} for what cannot be one. */
    static List<String> checked(String field, Collection<String> paths) {
        for (String path : paths) {
            if (!path.startsWith(BELOW) || path.length() == BELOW.length() || path.length() > LONGEST) {
                throw Problem.VALIDATION_FAILED.at(
                        field, "must be paths such as metadata.user.key, of at most " + LONGEST + " characters");
            }
        }
        return List.copyOf(paths);
    }

    UnsearchablePaths changed(Collection<String> added, Collection<String> removed) {
        Set<String> changed = new LinkedHashSet<>(paths);
        changed.addAll(added);
        changed.removeAll(removed);
        if (changed.size() > MOST) {
            throw Problem.VALIDATION_FAILED.at("unsearchablePaths", "may be at most " + MOST + " in a dataset");
        }
        return new UnsearchablePaths(datasetId, version, List.copyOf(changed));
    }

    /** Whether it is one of them, or below one. */
    boolean cover(String path) {
        return paths.stream().anyMatch(one -> path.equals(one) || path.startsWith(one + "."));
    }
}
