package io.sluice.datasetservice.setting;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebInputException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The stored settings. */
@Component
class Settings {

    /** The largest setting, in bytes of JSON: 64 KiB. */
    static final int LARGEST = 64 * 1024;

    /** As many settings as one user, dataset, project or organization may have; all are read to resolve them. */
    static final int MOST_OF_ONE = 500;

    /** What a change may name; a name stays, and the rest is the platform's. */
    private static final Set<String> CHANGEABLE = Set.of(
            "valueType",
            "scope",
            "settingType",
            "value",
            "defaultValue",
            "metadata",
            "description",
            "inputs",
            "icon",
            "sectionName",
            "subSectionName",
            "hint");

    private final ReactiveMongoTemplate mongo;
    private final JsonMapper json;
    private final Clock clock;

    Settings(ReactiveMongoTemplate mongo, JsonMapper json, Clock clock) {
        this.mongo = mongo;
        this.json = json;
        this.clock = clock;
    }

    SettingContent content(Setting setting) {
        return json.convertValue(setting.content(), SettingContent.class);
    }

    /** What a setting is with a merge patch (RFC 7396); members that cannot be changed are ignored. */
    SettingContent patched(Setting setting, Map<String, @Nullable Object> patch) {
        Map<String, @Nullable Object> changes = new LinkedHashMap<>(patch);
        changes.keySet().retainAll(CHANGEABLE);
        try {
            return json.convertValue(setting.content().merged(changes), SettingContent.class)
                    .checked();
        } catch (JacksonException otherKind) {
            throw new ServerWebInputException("The patch makes no setting", null, otherKind);
        }
    }

    Mono<Setting> find(String id) {
        return ObjectId.isValid(id) ? mongo.findById(id, Setting.class) : Mono.empty();
    }

    /** Everything that is for one of these owners. */
    Flux<Setting> of(Collection<String> owners) {
        return mongo.find(query(where("owner").in(owners)), Setting.class);
    }

    Mono<Setting> create(SettingContent content, Optional<String> projectId, Caller caller) {
        Instant now = clock.instant();
        Setting setting = new Setting(
                ObjectId.get().toHexString(),
                stored(content),
                content.uniqueName(),
                owner(content),
                projectId.orElse(null),
                caller.userId(),
                now,
                caller.userId(),
                now,
                0);
        return mongo.count(query(where("owner").is(setting.owner())).limit(MOST_OF_ONE), Setting.class)
                .flatMap(count -> count < MOST_OF_ONE
                        ? mongo.insert(setting)
                        : Mono.error(Problem.VALIDATION_FAILED.at(
                                "scope", "has " + MOST_OF_ONE + " settings already, the most that it may have")))
                .onErrorMap(DuplicateKeyException.class, Settings::taken);
    }

    /** Fails with {@code OptimisticLockingFailureException} when it was changed or deleted since it was read. */
    Mono<Setting> change(Setting setting, SettingContent content, Optional<String> projectId, Caller caller) {
        return mongo.save(new Setting(
                        setting.id(),
                        stored(content),
                        content.uniqueName(),
                        owner(content),
                        projectId.orElse(null),
                        setting.creator(),
                        setting.createdAt(),
                        caller.userId(),
                        clock.instant(),
                        setting.version()))
                .onErrorMap(DuplicateKeyException.class, Settings::taken);
    }

    /** Fails as {@link #change} does. */
    Mono<Void> delete(Setting setting) {
        return mongo.remove(setting).then();
    }

    /** Deletes what is kept for a dataset or project. */
    Mono<Void> deleteOf(SettingScope.Type type, String id) {
        return mongo.remove(query(where("owner").is(Setting.owner(type, id))), Setting.class)
                .then();
    }

    private static String owner(SettingContent content) {
        SettingScope scope = content.wholeScope();
        return Setting.owner(Objects.requireNonNull(scope.type()), Objects.requireNonNull(scope.id()));
    }

    private JsonObject stored(SettingContent content) {
        JsonObject stored = json.convertValue(content, JsonObject.class);
        JsonObject.requireStorable("setting", stored.members());
        if (json.writeValueAsBytes(stored).length > LARGEST) {
            throw Problem.CONTENT_TOO_LARGE.at("value", "makes the setting larger than " + LARGEST + " bytes");
        }
        return stored;
    }

    private static Throwable taken(DuplicateKeyException taken) {
        return Problem.NAME_TAKEN.at("name", "is that of another setting for the same scope and role");
    }
}
