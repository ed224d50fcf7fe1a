package io.sluice.modelservice;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import io.sluice.kit.testing.HouseRules;

@AnalyzeClasses(packages = "io.sluice.modelservice", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTests {

    @ArchTest
    static final ArchTests RULES = ArchTests.in(HouseRules.class);
}
