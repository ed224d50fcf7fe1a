package io.sluice.kit.testing;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.http.HttpMethod;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/**
 * An operation as it stands in the code: one row of the table of rights.
 *
 * @param path with its variables by name only, such as {@code /api/v1/projects/{projectId}}
 * @param mediaTypes of its body; empty for any
 * @param permissions what the caller's role must allow: the first always; empty when no role decides
 * @param audience who may call it when no role decides, else null
 */
public record Operation(
        HttpMethod method,
        String path,
        List<String> mediaTypes,
        List<Permission> permissions,
        @Nullable Audience audience) {

    /** All operations of the controllers below a package, by path and method. */
    public static List<Operation> below(String packageName) {
        ClassPathScanningCandidateComponentProvider controllers =
                new ClassPathScanningCandidateComponentProvider(false);
        controllers.addIncludeFilter(new AnnotationTypeFilter(RestController.class));
        return controllers.findCandidateComponents(packageName).stream()
                .map(found -> ClassUtils.resolveClassName(String.valueOf(found.getBeanClassName()), null))
                .filter(Operation::isMainCode)
                .flatMap(Operation::of)
                .sorted(Comparator.comparing(Operation::path).thenComparing(Operation::name))
                .toList();
    }

    public boolean isPublicPath() {
        return !path.startsWith("/internal/");
    }

    /** Such as {@code GET /api/v1/projects/{projectId}}. */
    public String name() {
        return method + " " + path;
    }

    private static boolean isMainCode(Class<?> controller) {
        String place =
                controller.getProtectionDomain().getCodeSource().getLocation().getPath();
        return !place.endsWith("/test-classes/") && !place.endsWith("-tests.jar");
    }

    private static Stream<Operation> of(Class<?> controller) {
        RequestMapping outer = AnnotatedElementUtils.findMergedAnnotation(controller, RequestMapping.class);
        List<String> prefixes = outer == null ? List.of("") : List.of(outer.path());
        return Arrays.stream(controller.getDeclaredMethods())
                .filter(method -> AnnotatedElementUtils.hasAnnotation(method, RequestMapping.class))
                .flatMap(method -> prefixes.stream().flatMap(prefix -> of(prefix, method)));
    }

    private static Stream<Operation> of(String prefix, Method method) {
        RequestMapping mapping = AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
        if (mapping == null) {
            return Stream.empty();
        }
        Requires requires = method.getAnnotation(Requires.class);
        OpenTo open = method.getAnnotation(OpenTo.class);
        List<String> paths = mapping.path().length == 0 ? List.of("") : List.of(mapping.path());
        return paths.stream()
                .flatMap(path -> Arrays.stream(mapping.method())
                        .map(RequestMethod::asHttpMethod)
                        .map(verb -> new Operation(
                                verb,
                                (prefix + path).replaceAll("\\{\\*?(\\w+):[^/]*}(?=/|$)", "{$1}"),
                                List.of(mapping.consumes()),
                                requires == null ? List.of() : List.of(requires.value()),
                                open == null ? null : open.value())));
    }
}
