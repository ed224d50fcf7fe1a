/** The embedded database: a MongoDB look-alike in this JVM that answers a write only when it is in its file. */
@NullMarked
package io.sluice.launcher.embedded;

import org.jspecify.annotations.NullMarked;
