package io.sluice.kit.testing;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.link.Retiring;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.Date;
import org.reactivestreams.Publisher;
import org.springframework.web.bind.annotation.RequestMapping;

/**
 * The rules about structure that a review would otherwise repeat. Each module runs them over its own main code:
 *
 * <pre>{@code
 * @AnalyzeClasses(packages = "io.sluice.itemservice", importOptions = ImportOption.DoNotIncludeTests.class)
 * class HouseRulesTests {
 *     @ArchTest
 *     static final ArchTests RULES = ArchTests.in(HouseRules.class);
 * }
 * }</pre>
 *
 * A rule that finds nothing to look at holds.
 */
public final class HouseRules {

    /** A package is a feature; features that need each other in a circle are one feature. */
    @ArchTest
    static final ArchRule FEATURES_HAVE_NO_CYCLES =
            slices().matching("io.sluice.(*).(*)..").should().beFreeOfCycles().allowEmptyShould(true);

    /** A controller is called by HTTP only. */
    @ArchTest
    static final ArchRule CONTROLLERS_ARE_PACKAGE_PRIVATE = classes()
            .that()
            .haveSimpleNameEndingWith("Controller")
            .should()
            .bePackagePrivate()
            .allowEmptyShould(true);

    /** A blocked event loop stops every request that it carries. */
    @ArchTest
    static final ArchRule NOTHING_BLOCKS = noClasses()
            .should()
            .callMethodWhere(
                    target(nameMatching("block|blockFirst|blockLast|blockOptional|toIterable|toStream|toFuture"))
                            .and(target(owner(assignableTo(Publisher.class)))))
            .allowEmptyShould(true);

    /** The time comes from the clock bean, so that tests can move it. */
    @ArchTest
    static final ArchRule ONLY_THE_CLOCK_KNOWS_THE_TIME = noClasses()
            .that()
            .resideOutsideOfPackage("io.sluice.kit.time")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDate.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(OffsetDateTime.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Clock.class, "systemDefaultZone")
            .orShould()
            .callConstructor(Date.class)
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .allowEmptyShould(true);

    /** What a class needs stands in its constructor. */
    @ArchTest
    static final ArchRule NO_FIELD_IS_INJECTED = noFields()
            .should()
            .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
            .orShould()
            .beAnnotatedWith("org.springframework.beans.factory.annotation.Value")
            .orShould()
            .beAnnotatedWith("jakarta.annotation.Resource")
            .orShould()
            .beAnnotatedWith("jakarta.inject.Inject")
            .allowEmptyShould(true);

    /** A class is named for its job. */
    @ArchTest
    static final ArchRule NAMES_SAY_THE_JOB = noClasses()
            .should()
            .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl)")
            .allowEmptyShould(true);

    /** Who may call an operation stands at the operation. One that says nothing answers nobody. */
    @ArchTest
    static final ArchRule EVERY_OPERATION_SAYS_WHO_MAY_CALL_IT = methods()
            .that()
            .areMetaAnnotatedWith(RequestMapping.class)
            .should(haveOneRowInTheTableOfRights())
            .allowEmptyShould(true);

    /** A day that cannot be read would fail every request of the operation. */
    @ArchTest
    static final ArchRule RETIREMENT_IS_ON_A_DAY = methods()
            .that()
            .areAnnotatedWith(Retiring.class)
            .should(haveDaysThatCanBeRead())
            .allowEmptyShould(true);

    private static ArchCondition<JavaMethod> haveDaysThatCanBeRead() {
        return new ArchCondition<>("name days such as 2027-01-31") {
            @Override
            public void check(JavaMethod operation, ConditionEvents events) {
                Retiring retiring = operation.getAnnotationOfType(Retiring.class);
                boolean isRight = isDay(retiring.since()) && (retiring.until().isEmpty() || isDay(retiring.until()));
                events.add(new SimpleConditionEvent(operation, isRight, operation.getFullName()));
            }
        };
    }

    private static boolean isDay(String text) {
        try {
            return LocalDate.parse(text).toString().equals(text);
        } catch (DateTimeParseException notADay) {
            return false;
        }
    }

    private static ArchCondition<JavaMethod> haveOneRowInTheTableOfRights() {
        return new ArchCondition<>("have either @Requires or @OpenTo") {
            @Override
            public void check(JavaMethod operation, ConditionEvents events) {
                boolean isRight = operation.isAnnotatedWith(Requires.class) != operation.isAnnotatedWith(OpenTo.class);
                events.add(new SimpleConditionEvent(operation, isRight, operation.getFullName()));
            }
        };
    }

    private HouseRules() {}
}
