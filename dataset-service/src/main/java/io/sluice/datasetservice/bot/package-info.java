/** The machines of projects, which auth-service keeps. */
@NullMarked
package io.sluice.datasetservice.bot;

import org.jspecify.annotations.NullMarked;
