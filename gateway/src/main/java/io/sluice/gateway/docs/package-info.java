/** What there is on the whole platform: the root of the API, one OpenAPI document, and a page to read and try it. */
@NullMarked
package io.sluice.gateway.docs;

import org.jspecify.annotations.NullMarked;
