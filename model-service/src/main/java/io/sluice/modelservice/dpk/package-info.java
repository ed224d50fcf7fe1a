/** DPKs: what can be installed in projects, version by version. Their code is kept and never run. */
@NullMarked
package io.sluice.modelservice.dpk;

import org.jspecify.annotations.NullMarked;
