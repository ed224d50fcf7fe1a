/** A group: people of an organization who can be members of a project together. */
@NullMarked
package io.sluice.authservice.group;

import org.jspecify.annotations.NullMarked;
