/** Apps: DPKs that are installed in projects. What they bring is models; no code of theirs is run. */
@NullMarked
package io.sluice.modelservice.app;

import org.jspecify.annotations.NullMarked;
