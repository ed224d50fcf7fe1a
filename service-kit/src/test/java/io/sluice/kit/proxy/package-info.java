/** What is believed of what proxies say. */
@NullMarked
package io.sluice.kit.proxy;

import org.jspecify.annotations.NullMarked;
