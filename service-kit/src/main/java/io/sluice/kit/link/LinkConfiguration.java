package io.sluice.kit.link;

import io.sluice.kit.web.PublicUrl;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;

/** Puts links into the answers of every service. */
@AutoConfiguration
public class LinkConfiguration {

    @Bean
    PageSeen pageSeen(ObjectProvider<HandlerResultHandler> handlers) {
        return new PageSeen(handlers);
    }

    @Bean
    LinkFilter linkFilter(
            PublicUrl publicUrl,
            @Qualifier("requestMappingHandlerMapping") ObjectProvider<RequestMappingHandlerMapping> operations) {
        return new LinkFilter(publicUrl, readable(operations));
    }

    @Bean
    GlobalOperationCustomizer retiringOperations() {
        return (operation, handler) ->
                handler.hasMethodAnnotation(Retiring.class) ? operation.deprecated(true) : operation;
    }

    /** Asked first when a request comes: then all operations are known. */
    private static Predicate<String> readable(ObjectProvider<RequestMappingHandlerMapping> operations) {
        SingletonSupplier<Set<String>> readable = SingletonSupplier.of(
                () -> readable(operations.getObject().getHandlerMethods().keySet()));
        return pattern -> readable.obtain().contains(pattern);
    }

    /** Of the patterns of all operations, and of what each is below, those at which a GET answers. */
    private static Set<String> readable(Collection<RequestMappingInfo> operations) {
        Set<String> read = operations.stream()
                .filter(operation ->
                        operation.getMethodsCondition().getMethods().contains(RequestMethod.GET))
                .flatMap(LinkConfiguration::patterns)
                .map(LinkConfiguration::withoutNames)
                .collect(Collectors.toUnmodifiableSet());
        return operations.stream()
                .flatMap(LinkConfiguration::patterns)
                .flatMap(pattern -> Stream.of(pattern, pattern.substring(0, Math.max(0, pattern.lastIndexOf('/')))))
                .filter(pattern -> read.contains(withoutNames(pattern)))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Stream<String> patterns(RequestMappingInfo operation) {
        return operation.getPatternsCondition().getPatterns().stream().map(PathPattern::getPatternString);
    }

    /** Two patterns that differ in the names of their variables describe the same paths. */
    private static String withoutNames(String pattern) {
        return Arrays.stream(pattern.split("/"))
                .map(segment -> segment.startsWith("{") ? "{}" : segment)
                .collect(Collectors.joining("/"));
    }
}
