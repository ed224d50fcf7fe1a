/** The end of an account: everything that must go with it goes, however often that has to be tried. */
@NullMarked
package io.sluice.authservice.departure;

import org.jspecify.annotations.NullMarked;
