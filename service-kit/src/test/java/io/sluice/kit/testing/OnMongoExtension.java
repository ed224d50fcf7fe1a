package io.sluice.kit.testing;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Skips what has no database here, and hands the others theirs. */
class OnMongoExtension implements ExecutionCondition, ParameterResolver {

    private static final Set<String> SAID = new HashSet<>();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<String> reason = databaseOf(context).flatMap(MongoServer::reasonToSkip);
        reason.ifPresent(OnMongoExtension::sayOnce);
        return reason.map(ConditionEvaluationResult::disabled)
                .orElseGet(() -> ConditionEvaluationResult.enabled("The database is there"));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == MongoServer.Lease.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return MongoServer.lease(databaseOf(context).orElseThrow(), context.getRequiredTestClass());
    }

    private static Optional<Database> databaseOf(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getTestClass(), OnMongo.class)
                .map(OnMongo::value);
    }

    /** Maven shows how many tests were skipped, but not why. */
    private static synchronized void sayOnce(String reason) {
        if (SAID.add(reason)) {
            System.out.println(reason);
        }
    }
}
