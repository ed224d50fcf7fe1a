package io.sluice.modelservice.app;

import io.sluice.kit.access.ProjectAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.modelservice.dpk.DpkAccess;
import io.sluice.modelservice.dpk.DpkRevision;
import io.sluice.modelservice.dpk.FoundDpk;
import io.sluice.modelservice.model.ComponentModels;
import io.sluice.modelservice.model.ComponentModels.Origin;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Puts a version of a DPK into a project: an app, and a model for each that the DPK describes. */
@Component
class AppInstallation {

    static final int LARGEST = 512 * 1024;
    static final int LONGEST_NAME = 250;
    private static final int MOST_MODELS = 100;

    private final Apps apps;
    private final DpkAccess dpks;
    private final ComponentModels models;
    private final JsonMapper json;
    private final Clock clock;

    AppInstallation(Apps apps, DpkAccess dpks, ComponentModels models, JsonMapper json, Clock clock) {
        this.apps = apps;
        this.dpks = dpks;
        this.models = models;
        this.json = json;
        this.clock = clock;
    }

    /** An app with the version of the DPK that is installed. */
    record Installed(App app, FoundDpk dpk) {}

    /** When a model cannot be made, nothing is installed; those that are made already stay, and are no app's. */
    Mono<Installed> install(Map<String, @Nullable Object> body, ProjectAccess project, Caller caller) {
        String dpkName = text("dpkName", body.get("dpkName"));
        Object version = body.get("dpkVersion");
        String name = body.get("name") == null ? dpkName : text("name", body.get("name"));
        requireProjectScope(body.get("scope"));
        JsonObject content = content(body, JsonObject.EMPTY);
        return dpks.installable(dpkName, version == null ? null : text("dpkVersion", version), project)
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No DPK " + dpkName
                        + (version == null ? "" : " of version " + version) + " that the project could install")))
                .flatMap(dpk -> apps.create(initializing(name, dpk, content, project, caller))
                        .flatMap(app -> models.install(
                                        origin(app, dpk), App.models(content, dpk.revision()), project, caller)
                                .onErrorResume(failure -> models.leave(app.projectId(), app.id())
                                        .then(apps.delete(app))
                                        .then(Mono.error(failure)))
                                .then(Mono.defer(() ->
                                        apps.change(app.with(App.Status.INSTALLED, caller.userId(), clock.instant()))))
                                .map(installed -> new Installed(installed, dpk))));
    }

    private App initializing(String name, FoundDpk dpk, JsonObject content, ProjectAccess project, Caller caller) {
        Instant now = clock.instant();
        return new App(
                ObjectId.get().toHexString(),
                0,
                project.projectId(),
                project.organizationId(),
                App.uniqueName(project.projectId(), name),
                name,
                dpk.dpk().id(),
                dpk.dpk().name(),
                dpk.revision().version(),
                dpk.revision().id(),
                App.Status.INITIALIZING,
                content,
                caller.userId(),
                now,
                caller.userId(),
                now);
    }

    private static Origin origin(App app, FoundDpk dpk) {
        return new Origin(
                app.id(),
                dpk.dpk().name(),
                dpk.dpk().id(),
                dpk.revision().version(),
                dpk.revision().id(),
                dpk.dpk().projectId().equals(app.projectId()));
    }

    /** Another version, another name, other settings. Members that only the platform sets are ignored, for the SDK sends all. */
    Mono<Installed> update(App app, Map<String, @Nullable Object> body, ProjectAccess project, Caller caller) {
        String name = body.get("name") == null ? app.name() : text("name", body.get("name"));
        String version = body.get("dpkVersion") == null ? app.dpkVersion() : text("dpkVersion", body.get("dpkVersion"));
        if (body.get("dpkName") != null && !app.dpkName().equals(body.get("dpkName"))) {
            throw Problem.VALIDATION_FAILED.at("dpkName", "cannot change; install the other DPK");
        }
        requireProjectScope(body.get("scope"));
        JsonObject content = content(body, app.content());
        return dpks.version(app.dpkId(), version)
                .switchIfEmpty(Mono.error(() -> Problem.VALIDATION_FAILED.at(
                        "dpkVersion", "is no version of the DPK " + app.dpkName() + ": " + version)))
                .flatMap(dpk -> before(app)
                        .flatMap(before -> apps.change(app.with(
                                        name,
                                        dpk,
                                        content,
                                        app.status() == App.Status.UNINSTALLED
                                                ? App.Status.UNINSTALLED
                                                : App.Status.INITIALIZING,
                                        caller.userId(),
                                        clock.instant()))
                                .flatMap(changed -> models.update(
                                                origin(changed, dpk),
                                                before,
                                                App.models(content, dpk.revision()),
                                                project,
                                                caller)
                                        .then(Mono.defer(() -> changed.status() == App.Status.INITIALIZING
                                                ? apps.change(changed.with(
                                                        App.Status.INSTALLED, caller.userId(), clock.instant()))
                                                : Mono.just(changed))))
                                .map(changed -> new Installed(changed, dpk))));
    }

    /** What the models were made of. */
    private Mono<List<JsonObject>> before(App app) {
        return dpks.version(app.dpkId(), app.dpkVersion())
                .map(dpk -> App.models(app.content(), dpk.revision()))
                .defaultIfEmpty(List.of());
    }

    private JsonObject content(Map<String, @Nullable Object> body, JsonObject before) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>(before.members());
        for (String member : App.MEMBERS) {
            if (body.containsKey(member)) {
                members.put(member, body.get(member));
            }
        }
        members.values().removeIf(value -> value == null);
        for (String object : List.of(App.CUSTOM_INSTALLATION, "settings")) {
            if (members.containsKey(object) && !(members.get(object) instanceof Map<?, ?>)) {
                throw Problem.VALIDATION_FAILED.at(object, "must be an object");
            }
        }
        if (members.containsKey("integrations")
                && !(members.get("integrations") instanceof List<?> list
                        && list.stream().allMatch(Map.class::isInstance))) {
            throw Problem.VALIDATION_FAILED.at("integrations", "must be a list of objects");
        }
        JsonObject.requireStorable("app", members);
        JsonObject content = new JsonObject(members);
        if (json.writeValueAsBytes(content).length > LARGEST) {
            throw Problem.CONTENT_TOO_LARGE.at(
                    App.CUSTOM_INSTALLATION, "is with the rest larger than " + LARGEST + " bytes");
        }
        requireModels(content);
        return content;
    }

    private void requireModels(JsonObject content) {
        List<JsonObject> described =
                DpkRevision.models(content.object(App.CUSTOM_INSTALLATION).object("components"));
        if (described.size() > MOST_MODELS) {
            throw Problem.VALIDATION_FAILED.at(
                    "customInstallation.components.models", "must be at most " + MOST_MODELS);
        }
        try {
            described.forEach(models::check);
        } catch (ErrorResponseException refused) {
            throw Problem.VALIDATION_FAILED.at(
                    "customInstallation.components.models",
                    String.valueOf(refused.getBody().getDetail()));
        }
    }

    private static void requireProjectScope(@Nullable Object scope) {
        if (scope != null && !scope.equals("project")) {
            throw Problem.UNSUPPORTED.at("scope", "must be project: an app is installed in one project");
        }
    }

    private static String text(String field, @Nullable Object value) {
        if (value instanceof String text
                && !text.isBlank()
                && text.length() <= LONGEST_NAME
                && JsonObject.isUnicode(text)) {
            return text;
        }
        throw Problem.VALIDATION_FAILED.at(field, "must be a text of 1 to " + LONGEST_NAME + " characters");
    }

    /** Models stay. */
    Mono<Void> uninstall(App app) {
        return models.leave(app.projectId(), app.id()).then(apps.delete(app));
    }
}
