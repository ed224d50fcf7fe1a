/** What dataset-service says of projects and of the people in them. */
@NullMarked
package io.sluice.authservice.project;

import org.jspecify.annotations.NullMarked;
