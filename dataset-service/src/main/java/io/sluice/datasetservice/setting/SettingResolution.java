package io.sluice.datasetservice.setting;

import io.sluice.datasetservice.dataset.DatasetAccess;
import io.sluice.datasetservice.org.OrganizationDirectory;
import io.sluice.datasetservice.project.Membership;
import io.sluice.datasetservice.project.ProjectAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Says which settings count for somebody at some place. Of one name, the narrowest counts: user, then dataset, project,
 * organization, platform; unless a wider one forbids that, of which the widest counts. Within one scope, one for the role
 * that the user has there counts before one for all roles. What is around a dataset or project is what is stored of it.
 */
@Component
class SettingResolution {

    private final Settings settings;
    private final ProjectAccess projects;
    private final DatasetAccess datasets;
    private final OrganizationDirectory organizations;

    SettingResolution(
            Settings settings, ProjectAccess projects, DatasetAccess datasets, OrganizationDirectory organizations) {
        this.settings = settings;
        this.projects = projects;
        this.datasets = datasets;
        this.organizations = organizations;
    }

    /**
     * Where somebody is.
     *
     * @param userId the caller
     */
    record Place(
            @Nullable String userId,
            @Nullable String orgId,
            @Nullable String projectId,
            @Nullable String datasetId,
            @Nullable String taskId) {}

    /** A setting and what it says. */
    record Effective(Setting setting, SettingContent content) {

        private SettingScope.Type type() {
            return Objects.requireNonNull(content.wholeScope().type());
        }

        private boolean preventsOverride() {
            return Boolean.TRUE.equals(content.wholeScope().preventOverride());
        }

        private boolean isForAllRoles() {
            return SettingScope.ANY.equals(content.wholeScope().role());
        }
    }

    /** Whose settings are looked at, and the user's role there. */
    private static final class Around {

        private final Map<SettingScope.Type, String> ids = new EnumMap<>(SettingScope.Type.class);
        private final Map<SettingScope.Type, String> roles = new EnumMap<>(SettingScope.Type.class);

        Around(Caller caller) {
            ids.put(SettingScope.Type.USER, caller.userId());
            ids.put(SettingScope.Type.PLATFORM, SettingScope.ANY);
        }

        private Around in(SettingScope.Type type, String id, @Nullable String role) {
            ids.put(type, id);
            if (role != null) {
                roles.put(type, role);
            }
            return this;
        }

        private Around in(Membership membership) {
            String organizationId = membership.project().organizationId();
            if (organizationId != null) {
                in(SettingScope.Type.ORGANIZATION, organizationId, null);
            }
            return in(
                    SettingScope.Type.PROJECT,
                    membership.project().id(),
                    membership.role().wireName());
        }

        private List<String> owners() {
            return ids.entrySet().stream()
                    .map(entry -> Setting.owner(entry.getKey(), entry.getValue()))
                    .toList();
        }

        private boolean reaches(Effective setting) {
            return setting.content().wholeScope().isFor(roles.get(setting.type()))
                    // A role of the user is one that the user has where the user is.
                    || setting.type() == SettingScope.Type.USER
                            && setting.content().wholeScope().isFor(roles.get(SettingScope.Type.PROJECT));
        }
    }

    /**
     * What counts there, by name.
     *
     * @param names only these; empty for all
     */
    Mono<List<Effective>> resolve(Caller caller, Place place, List<String> names) {
        if (place.userId() == null) {
            throw Problem.VALIDATION_FAILED.at("userId", "is missing; it is your own e-mail address");
        }
        if (!place.userId().toLowerCase(Locale.ROOT).equals(caller.userId())) {
            throw Problem.FORBIDDEN.at("userId", "must be your own e-mail address: settings are resolved for oneself");
        }
        return around(caller, place)
                .flatMap(around -> settings.of(around.owners())
                        .map(setting -> new Effective(setting, settings.content(setting)))
                        .filter(around::reaches)
                        .filter(setting -> names.isEmpty()
                                || names.contains(setting.content().name()))
                        .collectMultimap(
                                setting ->
                                        Objects.requireNonNull(setting.content().name()),
                                setting -> setting,
                                TreeMap::new)
                        .map(byName -> byName.values().stream()
                                .map(some -> counting(new ArrayList<>(some)))
                                .toList()));
    }

    private Mono<Around> around(Caller caller, Place place) {
        Around around = new Around(caller);
        Mono<Around> known = Mono.just(around);
        if (place.datasetId() != null) {
            caller.require(Permission.READ_DATASET);
            known = datasets.head(caller, place.datasetId()).map(head -> {
                Membership membership = ProjectAccess.allowed(head.membership(), Permission.READ_DATASET);
                return around.in(membership)
                        .in(
                                SettingScope.Type.DATASET,
                                head.dataset().id(),
                                membership.role().wireName());
            });
        } else if (place.projectId() != null) {
            known = projects.require(caller, place.projectId(), Permission.READ_PROJECT)
                    .map(around::in);
        }
        return known.doOnNext(
                        found -> requireSame("projectId", place.projectId(), around.ids.get(SettingScope.Type.PROJECT)))
                .flatMap(found -> inOrganization(caller, place, found));
    }

    /** The role in it counts, and who is no member of it sees its settings through a project only. */
    private Mono<Around> inOrganization(Caller caller, Place place, Around around) {
        String through = around.ids.get(SettingScope.Type.ORGANIZATION);
        if (through != null) {
            requireSame("orgId", place.orgId(), through);
            return organizations
                    .find(caller, through)
                    .map(organization -> around.in(
                            SettingScope.Type.ORGANIZATION,
                            through,
                            organization.role() == null
                                    ? null
                                    : organization.role().wireName()))
                    .defaultIfEmpty(around);
        }
        if (place.orgId() == null) {
            return Mono.just(around);
        }
        caller.require(Permission.READ_ORGANIZATION);
        return organizations
                .require(caller, place.orgId(), Permission.READ_ORGANIZATION)
                .map(organization -> around.in(
                        SettingScope.Type.ORGANIZATION,
                        organization.id(),
                        Objects.requireNonNull(organization.role()).wireName()));
    }

    private static void requireSame(String field, @Nullable String given, @Nullable String stored) {
        if (given != null && stored != null && !given.equals(stored)) {
            throw Problem.VALIDATION_FAILED.at(field, "is not that of the dataset or project that is named beside it");
        }
    }

    private static Effective counting(List<Effective> ofOneName) {
        Comparator<Effective> narrowestFirst =
                Comparator.comparing(Effective::type).thenComparing(Effective::isForAllRoles);
        ofOneName.sort(narrowestFirst);
        return ofOneName.stream()
                .filter(Effective::preventsOverride)
                .max(Comparator.comparing(Effective::type).thenComparing(setting -> !setting.isForAllRoles()))
                .orElse(ofOneName.get(0));
    }
}
