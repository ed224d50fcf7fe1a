/** The keys that users' tokens are signed with: where they are kept and how they change. */
@NullMarked
package io.sluice.authservice.signing;

import org.jspecify.annotations.NullMarked;
