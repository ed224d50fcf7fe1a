/** The documentation of the whole platform: one OpenAPI document and a page to read and try it. */
@NullMarked
package io.sluice.gateway.docs;

import org.jspecify.annotations.NullMarked;
