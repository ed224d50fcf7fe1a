/** Executions: what models say of many items, found step by step by whichever replica holds it, and kept at the items. */
@NullMarked
package io.sluice.modelservice.execution;

import org.jspecify.annotations.NullMarked;
