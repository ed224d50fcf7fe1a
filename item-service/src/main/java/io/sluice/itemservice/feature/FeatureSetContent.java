package io.sluice.itemservice.feature;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a client says of a feature set; everything else is the platform's. */
record FeatureSetContent(
        String name,
        String type,
        EntityType entityType,
        int size,
        @Nullable String modelId,
        @Nullable String org,
        List<String> tags) {

    static final int LONGEST_NAME = 1_000;
    static final int LONGEST_TYPE = 250;
    static final int LARGEST_SIZE = 65_536;
    static final int MOST_TAGS = 100;

    private static final String NAME = "name";
    private static final String TYPE = "type";
    private static final String ENTITY_TYPE = "entityType";
    private static final String SIZE = "size";
    private static final String MODEL_ID = "modelId";
    private static final String ORG = "org";
    private static final String TAGS = "tags";
    private static final Set<String> KEYS = Set.of(NAME, TYPE, ENTITY_TYPE, SIZE, MODEL_ID, ORG, TAGS);

    FeatureSetContent {
        tags = List.copyOf(tags);
    }

    static FeatureSetContent parse(Input said) {
        return new FeatureSetContent(
                said.text(NAME, LONGEST_NAME),
                said.text(TYPE, LONGEST_TYPE),
                EntityType.named(said.members().get(ENTITY_TYPE))
                        .orElseThrow(() -> said.invalid(ENTITY_TYPE, "must be item, annotation or dataset")),
                said.number(SIZE, 1, LARGEST_SIZE),
                said.optionalText(MODEL_ID, LONGEST_TYPE),
                said.optionalText(ORG, LONGEST_TYPE),
                said.texts(TAGS, MOST_TAGS, LONGEST_TYPE));
    }

    /** This, with the members that a patch has; the SDK sends all of them. What vectors depend on stays as it is. */
    FeatureSetContent patched(Map<String, @Nullable Object> patch) {
        Map<String, @Nullable Object> members = new HashMap<>();
        members.put(NAME, name);
        members.put(TYPE, type);
        members.put(ENTITY_TYPE, entityType.wireName());
        members.put(SIZE, size);
        members.put(MODEL_ID, modelId);
        members.put(ORG, org);
        members.put(TAGS, tags);
        KEYS.stream().filter(patch::containsKey).forEach(key -> members.put(key, patch.get(key)));
        Input said = new Input(members, "");
        FeatureSetContent changed = parse(said);
        if (changed.size != size) {
            throw said.invalid(SIZE, "cannot be changed, for the vectors have it; make another set");
        }
        if (changed.entityType != entityType) {
            throw said.invalid(ENTITY_TYPE, "cannot be changed, for the vectors have it; make another set");
        }
        return changed;
    }
}
