/** An organization: people, with roles, to whom projects and groups belong. */
@NullMarked
package io.sluice.authservice.org;

import org.jspecify.annotations.NullMarked;
