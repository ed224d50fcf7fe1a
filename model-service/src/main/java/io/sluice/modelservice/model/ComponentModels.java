package io.sluice.modelservice.model;

import io.sluice.kit.access.ProjectAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.mongo.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** The models that come with an app: one for each that its DPK describes. */
@Component
public class ComponentModels {

    /** What follows the DPK until somebody changes it. */
    private static final List<String> FOLLOWING =
            List.of("description", "tags", "labels", "configuration", "inputType", "outputType", "moduleName");

    private static final String APP = "app";
    private static final String ARTIFACTS = "artifacts";
    private static final String COMPONENT_NAME = "componentName";
    private static final String NAME = "name";
    private static final String STATUS = "status";

    private final Models models;
    private final Artifacts artifacts;
    private final JsonMapper json;

    ComponentModels(Models models, Artifacts artifacts, JsonMapper json) {
        this.models = models;
        this.artifacts = artifacts;
        this.json = json;
    }

    /**
     * The app that models come with.
     *
     * @param dpkId of the DPK, the same for all of its versions
     * @param revisionId of the version that is installed
     * @param hasFiles whether the files that the DPK names lie in the app's project
     */
    public record Origin(
            String appId, String dpkName, String dpkId, String dpkVersion, String revisionId, boolean hasFiles) {}

    /**
     * Refuses what no model can be made of.
     *
     * @throws org.springframework.web.ErrorResponseException {@link io.sluice.kit.error.Problem#VALIDATION_FAILED}
     */
    public void check(JsonObject component) {
        models.said(new LinkedHashMap<>(component.members()));
    }

    /** Makes those that the app does not have yet. One that was left by the same DPK's app before belongs to this one now. */
    public Mono<Void> install(Origin origin, List<JsonObject> components, ProjectAccess project, Caller caller) {
        return Flux.fromIterable(components)
                .concatMap(component -> install(origin, component, project, caller))
                .then();
    }

    private Mono<Model> install(Origin origin, JsonObject component, ProjectAccess project, Caller caller) {
        ModelContent content = content(origin, component);
        Mono<Model> known = models.ofComponent(project.projectId(), origin.appId(), content.wholeName());
        return known.switchIfEmpty(Mono.defer(() -> models.named(project.projectId(), content.wholeName())
                        .map(Optional::of)
                        .defaultIfEmpty(Optional.empty())
                        .flatMap(taken -> taken.filter(model -> isLeftBy(origin, content.wholeName(), model))
                                .map(model -> change(model, withOrigin(model.content(), origin), caller))
                                .orElseGet(() ->
                                        create(taken.isEmpty() ? content : renamed(content, origin), project, caller))))
                .retryWhen(Conflicts.retried()));
    }

    private static boolean isLeftBy(Origin origin, String component, Model model) {
        Map<String, @Nullable Object> app = model.content().object(APP).members();
        return !app.containsKey("id")
                && origin.dpkName().equals(app.get("dpkName"))
                && component.equals(app.get(COMPONENT_NAME));
    }

    private Mono<Model> create(ModelContent content, ProjectAccess project, Caller caller) {
        return artifacts
                .runnable(caller, project.projectId(), content, null)
                .flatMap(runnable ->
                        models.create(content, runnable, project.projectId(), project.organizationId(), caller));
    }

    private Mono<Model> change(Model model, JsonObject content, Caller caller) {
        return models.change(model, models.read(content), Optional.ofNullable(model.runnable()), caller);
    }

    /** Another model has the name: this one gets the end of the app's id to its own. */
    private ModelContent renamed(ModelContent content, Origin origin) {
        String name = content.wholeName();
        String end = "-" + origin.appId().substring(origin.appId().length() - 6);
        String begin = name.substring(0, Math.min(name.length(), ModelContent.LONGEST_NAME - end.length()));
        return models.read(json(content).with(NAME, begin + end));
    }

    private JsonObject json(ModelContent content) {
        return json.convertValue(content, JsonObject.class);
    }

    private ModelContent content(Origin origin, JsonObject component) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>(component.members());
        // It is said of a model that somebody has deployed, and nobody has.
        members.replace(STATUS, "deployed", "pre-trained");
        if (!origin.hasFiles()) {
            members.remove(ARTIFACTS);
        }
        return models.said(new HashMap<>(withOrigin(
                        new JsonObject(members).with(APP, Map.of(COMPONENT_NAME, String.valueOf(members.get(NAME)))),
                        origin)
                .members()));
    }

    private static JsonObject withOrigin(JsonObject content, Origin origin) {
        return content.with("packageId", origin.revisionId())
                .with(
                        APP,
                        content.object(APP)
                                .with("id", origin.appId())
                                .with("dpkName", origin.dpkName())
                                .with("dpkVersion", origin.dpkVersion())
                                .with("dpkId", origin.dpkId()));
    }

    /** Brings the app's models to another version of its DPK: what nobody has changed since is as that says. */
    public Mono<Void> update(
            Origin origin, List<JsonObject> before, List<JsonObject> now, ProjectAccess project, Caller caller) {
        return models.ofApp(project.projectId(), origin.appId())
                .concatMap(model -> Mono.defer(() -> models.find(model.id()))
                        .flatMap(found -> change(found, followed(found, origin, before, now), caller))
                        .retryWhen(Conflicts.retried()))
                .then(Mono.defer(() -> install(origin, now, project, caller)));
    }

    private JsonObject followed(Model model, Origin origin, List<JsonObject> before, List<JsonObject> now) {
        JsonObject content = withOrigin(model.content(), origin);
        Object name = model.content().object(APP).members().get(COMPONENT_NAME);
        Optional<JsonObject> said = named(name, before).map(component -> json(content(origin, component)));
        Optional<JsonObject> says = named(name, now).map(component -> json(content(origin, component)));
        if (said.isEmpty() || says.isEmpty()) {
            return content;
        }
        for (String member : FOLLOWING) {
            if (isSame(content.members().get(member), said.get().members().get(member))) {
                content = content.with(member, says.get().members().get(member));
            }
        }
        return content;
    }

    /** However the database keeps numbers. */
    private boolean isSame(@Nullable Object one, @Nullable Object other) {
        return json.writeValueAsString(one).equals(json.writeValueAsString(other));
    }

    private static Optional<JsonObject> named(@Nullable Object name, List<JsonObject> components) {
        return components.stream()
                .filter(component -> Objects.equals(component.members().get(NAME), name))
                .findFirst();
    }

    /** The app's models stay, and are no app's any more. */
    public Mono<Void> leave(String projectId, String appId) {
        return models.leave(projectId, appId);
    }
}
