package io.sluice.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

/** Those of the house rules that mean something to a program without a server; they are not taken from the kit, which has one. */
@AnalyzeClasses(packages = "io.sluice.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTests {

    @ArchTest
    static final ArchRule FEATURES_HAVE_NO_CYCLES =
            slices().matching("io.sluice.cli.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ONLY_THE_CLOCK_KNOWS_THE_TIME = noClasses().should().callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule NAMES_SAY_THE_JOB =
            noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)");

    /** A command that begins in half a second has no room for a framework. */
    @ArchTest
    static final ArchRule NO_SPRING =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.springframework..");
}
