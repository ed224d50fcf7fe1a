package io.sluice.kit.testing;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;

/** Tells the Spring context of an {@link OnMongo} test where its database is. Found through {@code spring.factories}. */
class OnMongoContextCustomizerFactory implements ContextCustomizerFactory {

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> attributes) {
        OnMongo onMongo = TestContextAnnotationUtils.findMergedAnnotation(testClass, OnMongo.class);
        return onMongo == null ? null : new DatabaseOfClass(onMongo.value(), testClass);
    }

    /** Equal for the same test class only, so that no two classes share a context and with it a database. */
    private record DatabaseOfClass(Database database, Class<?> testClass) implements ContextCustomizer {

        @Override
        public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
            MongoServer.Lease lease = MongoServer.lease(database, testClass);
            TestPropertyValues.of(
                            "spring.mongodb.uri=" + lease.uri() + "/" + lease.name(),
                            "spring.mongodb.database=" + lease.name())
                    .applyTo(context);
        }
    }
}
