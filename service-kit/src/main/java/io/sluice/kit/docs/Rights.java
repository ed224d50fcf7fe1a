package io.sluice.kit.docs;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.OrganizationRole;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.auth.Role;
import io.swagger.v3.oas.models.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.web.method.HandlerMethod;

/** Says of each operation whom it answers, as its handler does: in a sentence, and as {@code x-permission} for programs. */
final class Rights implements GlobalOperationCustomizer {

    static final String PERMISSION = "x-permission";
    static final String CONDITIONAL = "x-conditional";

    /** What the sentence begins with, at the end of a description. */
    static final String SENTENCE = "**Permission**: ";

    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        OpenTo open = handler.getMethodAnnotation(OpenTo.class);
        Requires requires = handler.getMethodAnnotation(Requires.class);
        if (open != null) {
            say(operation, List.of(wireName(open.value())), whoIs(open.value()));
            if (open.value() == Audience.ANYBODY) {
                operation.security(List.of());
            }
        } else if (requires != null) {
            List<String> needed =
                    Arrays.stream(requires.value()).map(Rights::wireName).toList();
            say(operation, needed, whoMay(requires.value()));
        }
        if (handler.hasMethodAnnotation(Conditional.class)) {
            operation.addExtension(CONDITIONAL, true);
        }
        return operation;
    }

    /** Two handlers may answer the same path and method, each in another form. */
    private static void say(Operation operation, List<String> needed, String sentence) {
        operation.addExtension(PERMISSION, needed);
        String before = operation.getDescription() == null ? "" : operation.getDescription() + "\n\n";
        if (!before.contains(SENTENCE)) {
            operation.description(before + SENTENCE + sentence + ".");
        }
    }

    private static String whoIs(Audience audience) {
        return switch (audience) {
            case ANYBODY -> "anybody, without a token";
            case SIGNED_IN -> "every user, for what is the user's own";
            case ADMINISTRATOR -> "administrators of the platform";
            case SERVICE -> "the other services";
        };
    }

    private static String whoMay(Permission[] permissions) {
        return Arrays.stream(permissions)
                .map(permission -> "`" + wireName(permission) + "`, which has in the "
                        + (permission.isOfOrganizations() ? "organization " : "project ") + roles(permission))
                .collect(Collectors.joining("; to change something also "));
    }

    private static String roles(Permission permission) {
        Stream<String> roles = permission.isOfOrganizations()
                ? Arrays.stream(OrganizationRole.values())
                        .filter(role -> role.may(permission))
                        .map(OrganizationRole::wireName)
                : Arrays.stream(Role.values())
                        .filter(role -> role.may(permission))
                        .map(Role::wireName);
        return roles.collect(Collectors.joining(", "));
    }

    private static String wireName(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
