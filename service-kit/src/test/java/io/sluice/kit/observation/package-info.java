@NullMarked
package io.sluice.kit.observation;

import org.jspecify.annotations.NullMarked;
