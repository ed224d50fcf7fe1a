/** What the OpenAPI documents of all services have in common. */
@NullMarked
package io.sluice.kit.docs;

import org.jspecify.annotations.NullMarked;
