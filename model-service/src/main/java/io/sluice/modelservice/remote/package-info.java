/** Running models on other servers by the Open Inference Protocol v2. */
@NullMarked
package io.sluice.modelservice.remote;

import org.jspecify.annotations.NullMarked;
