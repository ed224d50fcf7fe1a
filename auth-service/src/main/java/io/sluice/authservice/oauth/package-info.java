/** The authorization server: OAuth 2.0 and as much of OpenID Connect as clients need to find their way. */
@NullMarked
package io.sluice.authservice.oauth;

import org.jspecify.annotations.NullMarked;
