package io.sluice.kit.query;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A query of the published API (contract core §9.1).
 *
 * @param filter which entries
 * @param resource what is asked for, such as {@code items}
 * @param page the page to answer, from 0
 * @param pageSize entries per page, 0–1000, default 100; more counts as 1000; 0 asks for the count only
 * @param sort the order; empty means by id, which is by time of creation
 * @param projects the projects that are asked about; empty means all that the caller may see
 * @param datasets the datasets that are asked about; empty means all that the caller may see
 * @param systemSpace for a list: also what the platform keeps for itself; for an update: also {@code metadata.system}
 * @param select what of each entry is answered, or null for everything
 * @param update what to merge into all matches, or null when nothing is to be changed
 * @param references what is to be noted of or taken away from all matches, or null for nothing
 * @param delete whether all matches are to be deleted
 */
public record Query(
        Condition filter,
        String resource,
        int page,
        int pageSize,
        List<SortKey> sort,
        List<String> projects,
        List<String> datasets,
        boolean systemSpace,
        @Nullable Selection select,
        @Nullable Map<String, @Nullable Object> update,
        @Nullable References references,
        boolean delete) {

    public Query {
        sort = List.copyOf(sort);
        projects = List.copyOf(projects);
        datasets = List.copyOf(datasets);
    }

    /** A field to sort by. */
    public record SortKey(String path, boolean ascending) {}

    /** What else on the platform an entry belongs to, such as a task. */
    public record Reference(String type, String id) {}

    /**
     * A change of what matches belong to.
     *
     * @param create whether they are to belong to it, or not any more
     */
    public record References(boolean create, List<Reference> refs) {

        public References {
            refs = List.copyOf(refs);
        }
    }

    /** Whether something is to be changed, and not only found. */
    public boolean isChange() {
        return update != null || references != null || delete;
    }

    /** How many entries come before this page. */
    public long offset() {
        return (long) page * pageSize;
    }
}
