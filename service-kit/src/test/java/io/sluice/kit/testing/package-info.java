/** What the tests of every module use: the house rules, a database for a test class, tokens and stand-in services. */
@NullMarked
package io.sluice.kit.testing;

import org.jspecify.annotations.NullMarked;
