/** The folder on disk that keeps everything between two starts. */
@NullMarked
package io.sluice.launcher.data;

import org.jspecify.annotations.NullMarked;
