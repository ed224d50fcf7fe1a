/** The log of all changes and refusals, in which nothing can be changed or removed without that being found. */
@NullMarked
package io.sluice.authservice.audit;

import org.jspecify.annotations.NullMarked;
