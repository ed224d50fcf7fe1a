/** The user who exists from the first start on and can make all others. */
@NullMarked
package io.sluice.authservice.administrator;

import org.jspecify.annotations.NullMarked;
